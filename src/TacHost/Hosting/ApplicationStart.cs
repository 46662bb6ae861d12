using System.Globalization;
using TacHost.CommandLine;
using TacHost.Daemon;
using TacHost.Logging;
using TacHost.Services;

namespace TacHost.Hosting;

/// <summary>Brings an application up: builds the tree, starts its privileged part, gives up privileges, starts the rest; all of it within the start time-out.</summary>
internal sealed class ApplicationStart(HostOptions options, IApplicationRecipe recipe, LogOutput log, PidFile? pidFile, ShutdownSignals signals, StartTimings timings)
{
    private Application? _application;
    private IReadOnlyList<string> _unfinished = [];

    /// <exception cref="TacHostException">It did not come up; what had been started is stopped again.</exception>
    public async Task<Application> RunAsync()
    {
        using var limit = new TimeLimit(options.StartTimeout, log.Host, signals.Requested);
        try
        {
            if (options.Jail is null)
                RunDirectory.Enter(options.RunDirectory);

            // A script is not ours to interrupt: one that never ends is left behind on its thread, and ends with the process.
            var application = _application = await Task.Run(recipe.BuildAsync).WaitAsync(limit.Token);
            timings.Over("tree built");
            application.LoggerFactory = log.Factory;
            var identity = Identity.Resolve(options.User ?? Text(application.Uid), options.Group ?? Text(application.Gid), options.EffectiveOnly);
            (application.Uid, application.Gid) = ((int?)identity?.User, (int?)identity?.Group);
            await PartAsync(application.PrivilegedStartAsync, limit);
            timings.Over("privileged start");
            await GiveUpPrivilegesAsync(application, identity);
            timings.Over("privileges given up");
            await PartAsync(application.StartAsync, limit);
            timings.Over("start");
            return application;
        }
        catch (Exception e)
        {
            var failure = StartFailure.Describe(e, recipe.Source, _application, _unfinished, signals, options.StartTimeout);
            if (!options.Log.IsConsole)
                HostLog.StartFailed(log.Host, failure.InnerException, failure.Message);
            throw failure;
        }
    }

    /// <summary>Waits for one part of the start; when it is cancelled, for it to clean up after itself, but no longer than the grace period.</summary>
    private async Task PartAsync(Func<CancellationToken, Task> startAsync, TimeLimit limit)
    {
        // A service that is polite has cleaned up, and is not starting any more, by the time that the wait for it is over.
        limit.BeforeCancelling = () => _unfinished = [.. ServiceTree.Starting(_application!).Select(service => service.Path)];
        var start = Task.Run(() => startAsync(limit.Token));
        if (!await limit.EndsBeforeAsync(start))
        {
            using var patience = new TimeLimit(options.Grace, log.Host, signals.Repeated);
            if (!await patience.EndsBeforeAsync(start))
                throw new OperationCanceledException(limit.Token);
        }

        await start;
    }

    /// <summary>Files first, while they can still be given away; then the root directory, which takes root; then root itself.</summary>
    private async Task GiveUpPrivilegesAsync(Application application, Identity? identity)
    {
        if (options.Jail is null && identity is null)
            return;
        try
        {
            if (identity is not null)
            {
                log.ChangeOwner(identity.User, identity.Group);
                pidFile?.ChangeOwner(identity.User, identity.Group);
            }

            var missing = options.Jail is null ? [] : await Jail.PrepareAsync();
            using var threads = new ThreadIdentities();
            foreach (var problem in missing)
                HostLog.Notice(log.Host, problem);
            if (options.Jail is { } jail)
            {
                Jail.Enter(jail, options.RunDirectory);
                HostLog.Jailed(log.Host, jail);
            }

            if (identity is null)
                return;
            identity.Assume(threads);
            HostLog.IdentityChanged(log.Host, identity.EffectiveOnly ? "euid/egid" : "uid/gid", identity.User, identity.Group);
        }
        catch
        {
            // The privileged part holds ports, perhaps.
            using var patience = new TimeLimit(options.Grace, log.Host, signals.Repeated);
            await patience.EndsBeforeAsync(Task.Run(() => application.StopAsync(patience.Token)));
            throw;
        }
    }

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
