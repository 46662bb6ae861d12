namespace TacHost.Control.Wire;

/// <summary>The deployments of an application that ran, the running one last.</summary>
internal sealed record HistoryReport(IReadOnlyList<HistoryEntry> Deployments);

/// <summary>A deployment that runs, or ran before.</summary>
/// <param name="Number">The number, for a rollback.</param>
/// <param name="Since">The time at which it began to run.</param>
/// <param name="Runs">True if it runs.</param>
/// <param name="Source">The tac file, or the plugin.</param>
/// <param name="Change">The change that it made.</param>
internal sealed record HistoryEntry(int Number, DateTimeOffset Since, bool Runs, string Source, string Change);
