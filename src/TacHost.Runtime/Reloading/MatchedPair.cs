namespace TacHost.Reloading;

/// <summary>A service, an object or a variable of the previous tac file, and its counterpart in the current tac file.</summary>
/// <param name="old">The object, or the owner of the variable.</param>
/// <param name="new">The counterpart of <paramref name="old"/>.</param>
internal sealed class MatchedPair(object old, object @new)
{
    /// <summary>The place of a difference that represents a whole object, because the object cannot be inspected.</summary>
    public const string Unseen = "?";

    public object Old => old;

    public object New => @new;

    /// <summary>Gets the name of the variable, or null for an object.</summary>
    public string? Variable { get; init; }

    /// <summary>Gets the differences in the object itself: descriptions by place.</summary>
    public Dictionary<string, string> Differences { get; } = new(StringComparer.Ordinal);

    public List<(string Label, MatchedPair Target)> Targets { get; } = [];

    public List<MatchedPair> Users { get; } = [];

    public void Refer(string label, MatchedPair target)
    {
        Targets.Add((label, target));
        target.Users.Add(this);
    }

    public void Differ(string place, string text) => Differences.TryAdd(place, text);
}
