using TacHost.Hosting;
using TacHost.Services;

namespace TacHost.Reloading;

/// <summary>Says why the new services of a reload did not start.</summary>
internal static class ReloadFailure
{
    /// <param name="failure">The exception that ended the start.</param>
    /// <param name="deployment">The application.</param>
    /// <param name="new">The new tree.</param>
    /// <param name="unfinished">The services that were starting when the time was over.</param>
    /// <param name="signals">The signals, one of which may have requested the end.</param>
    public static TacHostException Describe(Exception failure, Deployment deployment, Application @new, IReadOnlyList<string> unfinished, ShutdownSignals signals)
    {
        if (failure is TacHostException known)
            return known;
        if (failure is OperationCanceledException && signals.First is { } signal)
            return new TacHostException(ExitCode.TimedOut, $"the reload was interrupted by {signal}.");
        if (failure is OperationCanceledException && deployment.State != DeploymentState.Running)
            return new TacHostException(ExitCode.TimedOut, "the reload was interrupted, because the application stops.");
        if (failure is OperationCanceledException)
        {
            var names = unfinished.Count == 0 ? "" : $" Still starting were {string.Join(", ", unfinished.Select(path => $"'{path}'"))}.";
            return new TacHostException(ExitCode.TimedOut, $"the new services did not start within {deployment.Options.StartTimeout.TotalSeconds:0.###} s.{names}\n  If they need longer, raise --start-timeout.");
        }

        var text = FailureText.OfStart(failure, ServiceTree.Failed(@new, failure));
        return new TacHostException(ExitCode.Unavailable, text, failure);
    }
}
