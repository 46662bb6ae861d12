namespace TacHost.EndToEnd.Tests.SideBySide;

/// <summary>What both programs are put through, and all that must be seen of them then.</summary>
internal sealed record Situation(string Name, Func<Stage, Task> Play, params Fact[] Facts)
{
    public bool NeedsRoot { get; init; }
}
