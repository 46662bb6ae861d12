using System.Diagnostics;
using TacHost.Daemon;
using TacHost.Logging;

namespace TacHost.Hosting.Upgrading;

/// <summary>The upgrades of a process: a new process takes over its sockets, its pid file and its role for the service manager, then this one stops (ADR 37).</summary>
internal sealed class Upgrade(HostProcess process)
{
    /// <summary>Gets the time in which a new process that is ready must begin to serve.</summary>
    public static readonly TimeSpan CommitTime = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private SuccessorWatch? _watch;

    /// <summary>Gets the process that serves now, or null.</summary>
    public int? Successor => _watch?.Id;

    /// <summary>Executes an upgrade, and logs its outcome.</summary>
    /// <param name="program">The path of the new command, or null for the one that belongs to this host.</param>
    /// <exception cref="TacHostException">The upgrade failed, and this process serves as before.</exception>
    public UpgradeResult Run(string? program)
    {
        var log = process.Log.Host;
        if (!_gate.Wait(TimeSpan.Zero))
            throw new TacHostException(ExitCode.TimedOut, "another upgrade is under way. Wait for its end, then try again.");
        try
        {
            if (Successor is not null || _stopping.IsCancellationRequested)
                throw new TacHostException(ExitCode.Unavailable, "the process stops already.");
            UpgradeConditions.Require(process);
            return RunLocked(program);
        }
        catch (Exception e)
        {
            HostLog.UpgradeFailed(log, e is TacHostException ? null : e, e.Message);
            throw e as TacHostException ?? new TacHostException(ExitCode.Software, $"a defect in the host, please report it: {e}", e);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Executes an upgrade after a signal. The log has its outcome.</summary>
    public void RunAfterSignal()
    {
        try
        {
            Run(null);
        }
        catch (TacHostException)
        {
            // The log has the reason.
        }
    }

    /// <summary>Ends an upgrade that is under way, and prevents later ones. Completes when this process alone decides about its sockets.</summary>
    public async Task EndAsync()
    {
        await _stopping.CancelAsync();
        await _gate.WaitAsync();
        _gate.Release();
    }

    /// <summary>Looks a last time whether the process that serves now is alive, and replaces it otherwise. To be called at the end of this process.</summary>
    public void Finish() => _watch?.Finish();

    private UpgradeResult RunLocked(string? program)
    {
        var began = Stopwatch.GetTimestamp();
        var log = process.Log.Host;
        HostLog.Upgrading(log, program ?? Installation.FrontProgram);
        UpgradeSockets sockets = new(process);
        SuccessorProcess? successor = null;
        SuccessorStart start = new()
        {
            Program = program,
            Arguments = [process.LaunchDirectory!, .. Environment.GetCommandLineArgs()[1..]],
            Environment = process.Manager.Variables,
            Descriptors = sockets.Originals,
            IsForeground = !process.IsDaemon,
        };
        string version;
        try
        {
            successor = SuccessorProcess.Start(start, sockets.Passed);
            version = LetServe(successor, sockets);
        }
        catch
        {
            successor?.Dispose();
            sockets.Dispose();
            throw;
        }

        // From here on, the sockets stay open until the end of this process, for another process if the new one is killed.
        _watch = new SuccessorWatch(process, start, sockets, successor);
        _watch.Start();
        process.Manager.LeaveTo(successor.Id);
        successor.LetReport();
        HostLog.Upgraded(log, successor.Id, version);
        process.Events.Post(new HostEvent.ShutdownRequested("upgrade"));
        return new UpgradeResult(successor.Id, version, Stopwatch.GetElapsedTime(began));
    }

    /// <summary>Waits until the new process is ready, and lets it serve.</summary>
    /// <returns>Its version.</returns>
    private string LetServe(SuccessorProcess successor, UpgradeSockets sockets)
    {
        var version = successor.WaitUntilReady(process.Options.StartTimeout, process.Options.Grace, _stopping.Token);
        sockets.Share(true);
        if (successor.TryLetServe(CommitTime))
            return version;
        sockets.Share(false);
        process.ReclaimPidFile();
        throw new TacHostException(ExitCode.Software, $"the new process {successor.Id} was ready, and ended before it served. Its log says why.");
    }
}

/// <summary>An upgrade that has succeeded.</summary>
/// <param name="Process">The process that serves now.</param>
/// <param name="Version">The version of its program.</param>
/// <param name="Took">The time until it served.</param>
internal sealed record UpgradeResult(int Process, string Version, TimeSpan Took);
