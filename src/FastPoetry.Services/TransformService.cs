using TacHost.Services;

namespace FastPoetry.Services;

/// <summary>A service that transforms poems with named functions. It is independent of the protocols that call it.</summary>
/// <remarks>The transforms are set in the initializer: <c>new TransformService { ["cummingsify"] = TransformService.Cummingsify }</c>. Ported from the tutorial's transform server.</remarks>
public sealed class TransformService : Service
{
    private readonly Dictionary<string, Func<string, string>> _transforms = new(StringComparer.Ordinal);

    /// <summary>Sets the function of a transform. Several threads may call it at once.</summary>
    /// <param name="name">The name of the transform, without a full stop.</param>
    /// <exception cref="ArgumentException">The name is empty or contains a full stop.</exception>
    public Func<string, string> this[string name]
    {
        set
        {
            ArgumentException.ThrowIfNullOrEmpty(name);
            ArgumentNullException.ThrowIfNull(value);
            if (name.Contains('.', StringComparison.Ordinal))
                throw new ArgumentException($"'{name}' cannot name a transform, because the text after the first full stop is the poem.", nameof(name));
            _transforms[name] = value;
        }
    }

    /// <summary>Makes a poem look as if E. E. Cummings had written it: without capitals.</summary>
    public static string Cummingsify(string poem)
    {
        ArgumentNullException.ThrowIfNull(poem);
        return poem.ToLowerInvariant();
    }

    /// <summary>Transforms a poem.</summary>
    /// <returns>The transformed poem, or null if there is no transformation of that name.</returns>
    public string? Transform(string name, string poem) => _transforms.TryGetValue(name, out var transform) ? transform(poem) : null;
}
