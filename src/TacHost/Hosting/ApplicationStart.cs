using System.Globalization;
using TacHost.CommandLine;
using TacHost.Daemon;
using TacHost.Logging;
using TacHost.Services;

namespace TacHost.Hosting;

/// <summary>Brings an application up: builds the tree, starts its privileged part, gives up privileges, starts the rest; all of it within the start time-out.</summary>
internal sealed class ApplicationStart(HostOptions options, IApplicationRecipe recipe, LogOutput log, PidFile? pidFile, ShutdownSignals signals, StartTimings timings)
{
    private volatile Application? _application;
    private volatile bool _isGivenUp;
    private IReadOnlyList<string> _unfinished = [];

    /// <summary>Whether a service had failed by the moment in which all had started; one that fails later has failed while running.</summary>
    public bool HasFailed { get; private set; }

    /// <exception cref="TacHostException">It did not come up; what had been started is stopped again.</exception>
    public Application Run()
    {
        using var limit = new TimeLimit(options.StartTimeout, log.Host, signals.Requested);
        try
        {
            if (options.Jail is null)
                RunDirectory.Enter(options.RunDirectory);
            var parts = Task.Factory.StartNew(() => RunParts(limit), CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
            if (!limit.EndsBefore(parts))
                WaitForCleanUp(parts, limit.Token);
            parts.GetAwaiter().GetResult();
            return _application!;
        }
        catch (Exception e)
        {
            var failure = StartFailure.Describe(e, recipe.Source, _application, _unfinished, signals, options.StartTimeout);
            if (!options.Log.IsConsole)
                HostLog.StartFailed(log.Host, failure.InnerException, failure.Message);
            throw failure;
        }
    }

    /// <summary>All of it, on a thread of its own: neither a script nor a service is ours to interrupt, and one that never ends is left behind there, and ends with the process.</summary>
    private void RunParts(TimeLimit limit)
    {
        var application = Waiting.Result(recipe.BuildAsync());
        limit.Token.ThrowIfCancellationRequested();
        _application = application;
        timings.Over("tree built");
        application.LoggerFactory = log.Factory;
        var identity = Identity.Resolve(options.User ?? Text(application.Uid), options.Group ?? Text(application.Gid), options.EffectiveOnly);
        (application.Uid, application.Gid) = ((int?)identity?.User, (int?)identity?.Group);

        limit.BeforeCancelling = () => _unfinished = [.. ServiceTree.Starting(application).Select(service => service.ServicePath)];
        Waiting.For(application.PrivilegedStartAsync(limit.Token));
        timings.Over("privileged start");
        StopIfGivenUp();
        GiveUpPrivileges(application, identity);
        timings.Over("privileges given up");
        StopIfGivenUp();
        Waiting.For(application.StartAsync(limit.Token));
        HasFailed = application.Failed.IsFaulted;
        timings.Over("start");
    }

    /// <summary>Waits, when the limit is reached, for services to clean up after themselves, but no longer than the grace period; for a script there is nothing to wait for.</summary>
    private void WaitForCleanUp(Task parts, CancellationToken reached)
    {
        using var patience = new TimeLimit(options.Grace, log.Host, signals.Repeated);
        if (_application is not null && patience.EndsBefore(parts))
            return;
        _isGivenUp = true;
        throw new OperationCanceledException(reached);
    }

    /// <summary>Keeps a part that ends after all from being followed by another, in a process that is on its way out.</summary>
    private void StopIfGivenUp()
    {
        if (_isGivenUp)
            throw new OperationCanceledException("The start was given up.");
    }

    /// <summary>Files first, while they can still be given away; then the root directory, which takes root; then root itself.</summary>
    private void GiveUpPrivileges(Application application, Identity? identity)
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

            var missing = options.Jail is null ? [] : Waiting.Result(Jail.PrepareAsync());
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
            patience.EndsBefore(Task.Run(() => application.StopAsync(patience.Token)));
            throw;
        }
    }

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
