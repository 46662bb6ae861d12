using TacHost.CommandLine;
using TacHost.Daemon;
using TacHost.Logging;
using TacHost.Services;

namespace TacHost.Hosting;

/// <summary>Brings an application up: builds the tree, starts its privileged part, gives up privileges, starts the rest; all of it within the start time-out.</summary>
internal sealed class ApplicationStart(HostOptions options, IApplicationRecipe recipe, LogOutput log, PidFile? pidFile, ShutdownSignals signals)
{
    private Application? _application;

    /// <exception cref="TacHostException">It did not come up; what had been started is stopped again.</exception>
    public async Task<Application> RunAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(signals.Requested);
        limit.CancelAfter(options.StartTimeout);
        try
        {
            if (options.Jail is null)
                RunDirectory.Enter(options.RunDirectory);

            // A script is not ours to interrupt: one that never ends is left behind on its thread, and ends with the process.
            var application = _application = await Task.Run(recipe.BuildAsync).WaitAsync(limit.Token);
            application.LoggerFactory = log.Factory;
            var identity = Identity.Resolve(options.User ?? Text(application.Uid), options.Group ?? Text(application.Gid), options.EffectiveOnly);
            (application.Uid, application.Gid) = ((int?)identity?.User, (int?)identity?.Group);
            await PartAsync(application.PrivilegedStartAsync, limit.Token);
            await GiveUpPrivilegesAsync(application, identity, limit.Token);
            await PartAsync(application.StartAsync, limit.Token);
            return application;
        }
        catch (Exception e)
        {
            var failure = StartFailure.Describe(e, recipe.Source, _application, signals, options.StartTimeout);
            if (!options.Log.IsConsole)
                HostLog.StartFailed(log.Host, failure.InnerException, failure.Message);
            HostLog.ShutDown(log.Host);
            throw failure;
        }
    }

    /// <summary>Waits for one part of the start; when it is cancelled, for it to clean up after itself, but no longer than the grace period.</summary>
    private async Task PartAsync(Func<CancellationToken, Task> startAsync, CancellationToken limit)
    {
        var start = Task.Run(() => startAsync(limit), CancellationToken.None);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(signals.Repeated);
        if (!await Waiting.EndsBeforeAsync(start, limit))
        {
            patience.CancelAfter(options.Grace);
            if (!await Waiting.EndsBeforeAsync(start, patience.Token))
                throw new OperationCanceledException(limit);
        }

        await start;
    }

    /// <summary>Files first, while they can still be given away; then the root directory, which takes root; then root itself.</summary>
    private async Task GiveUpPrivilegesAsync(Application application, Identity? identity, CancellationToken cancellationToken)
    {
        if (options.Jail is null && identity is null)
            return;
        try
        {
            using var threads = new ThreadIdentities();
            if (identity is not null)
            {
                log.ChangeOwner(identity.User, identity.Group);
                pidFile?.ChangeOwner(identity.User, identity.Group);
            }

            if (options.Jail is { } jail)
            {
                await Jail.PrepareAsync();
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
            await application.StopAsync(cancellationToken);
            throw;
        }
    }

    private static string? Text(int? number) => number?.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
