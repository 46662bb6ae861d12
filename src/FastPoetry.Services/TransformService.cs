using TacHost.Services;

namespace FastPoetry.Services;

/// <summary>Transforms poems in ways that have names. Knows nothing of how it is asked.</summary>
/// <remarks>The ways are given when it is made: <c>new TransformService { ["cummingsify"] = TransformService.Cummingsify }</c>. Ported from the tutorial's transform server.</remarks>
public sealed class TransformService : Service
{
    private readonly Dictionary<string, Func<string, string>> _transforms = new(StringComparer.Ordinal);

    /// <summary>A way to transform a poem. Called by several threads at once.</summary>
    /// <param name="name">Its name, without a full stop.</param>
    /// <exception cref="ArgumentException">The name is empty or has a full stop in it.</exception>
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
