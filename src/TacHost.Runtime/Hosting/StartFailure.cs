using TacHost.Services;

namespace TacHost.Hosting;

/// <summary>Describes why an application failed to start.</summary>
internal static class StartFailure
{
    /// <param name="failure">The exception that ended the start.</param>
    /// <param name="source">The origin of the application.</param>
    /// <param name="application">The tree, or null if it was not built.</param>
    /// <param name="unfinished">The services that were starting at the timeout.</param>
    /// <param name="signals">The signals, of which one may have interrupted the start.</param>
    /// <param name="limit">The start timeout.</param>
    public static TacHostException Describe(Exception failure, string source, Application? application, IReadOnlyList<string> unfinished, ShutdownSignals signals, TimeSpan limit)
    {
        if (failure is TacHostException known)
            return known;
        if (failure is OperationCanceledException && signals.First is not null)
            return Interrupted(source, signals);
        if (failure is OperationCanceledException)
            return new TacHostException(ExitCode.TimedOut, $"'{source}' did not start within {limit.TotalSeconds:0.###} s: {WhatWasGoingOn(application, unfinished)}\n  If it needs longer, raise --start-timeout.");
        var text = FailureText.OfStart(failure, application is null ? null : ServiceTree.Failed(application, failure));
        return new TacHostException(ExitCode.Unavailable, $"'{source}' did not start. {text}", failure);
    }

    public static TacHostException Interrupted(string source, ShutdownSignals signals) =>
        new(signals.ExitCode, $"'{source}' was interrupted by {signals.First} while starting.");

    private static string WhatWasGoingOn(Application? application, IReadOnlyList<string> unfinished) => application is null
        ? "its top level is still running. Look for a loop or a wait in it; a tac file only builds the tree."
        : $"still starting were {string.Join(", ", unfinished.Select(path => $"'{path}'"))}.";
}
