namespace TacHost.Reloading;

/// <summary>A service, an object or a variable of the tac as it was, and what has its place in the tac as it is.</summary>
/// <param name="old">The object, or the owner of the variable.</param>
/// <param name="new">Its counterpart.</param>
internal sealed class Pair(object old, object @new)
{
    /// <summary>The place of a difference that stands for all of an object, because nobody can look into it.</summary>
    public const string Unseen = "?";

    public object Old => old;

    public object New => @new;

    /// <summary>Gets the name of the variable; null for an object.</summary>
    public string? Variable { get; init; }

    /// <summary>Gets what differs in it by itself: the place, and what is to be said of it.</summary>
    public Dictionary<string, string> Differences { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets what it refers to.</summary>
    public List<(string Label, Pair Target)> Targets { get; } = [];

    /// <summary>Gets what refers to it.</summary>
    public List<Pair> Users { get; } = [];

    public void Refer(string label, Pair target)
    {
        Targets.Add((label, target));
        target.Users.Add(this);
    }

    public void Differ(string place, string text) => Differences.TryAdd(place, text);
}
