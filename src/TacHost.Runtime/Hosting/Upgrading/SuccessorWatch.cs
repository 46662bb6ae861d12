using TacHost.Daemon;
using TacHost.Logging;

namespace TacHost.Hosting.Upgrading;

/// <summary>Watches the new process while this one still runs: if a signal such as SIGKILL ends it, another process takes over the same sockets (ADR 37).</summary>
/// <remarks>The sockets stay open here, so clients wait meanwhile. A service manager restarts its main process itself, so nothing is watched under one.</remarks>
internal sealed class SuccessorWatch(HostProcess process, SuccessorStart start, UpgradeSockets sockets, SuccessorProcess successor)
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private SuccessorProcess? _successor = process.Manager.IsConnected ? null : successor;

    public int Id { get; private set; } = successor.Id;

    /// <summary>Starts watching on a thread of its own.</summary>
    public void Start() => new Thread(() =>
    {
        while (Check())
            BlockingWait.For(Task.Delay(_interval));
    })
    { IsBackground = true, Name = "successor" }.Start();

    /// <summary>Looks a last time, and waits for a replacement that is under way. To be called at the end of this process.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            Check();
            _successor = null;
        }
    }

    /// <returns>True if there is something to watch.</returns>
    private bool Check()
    {
        lock (_gate)
        {
            if (_successor is not { } watched)
                return false;
            if (!watched.TryWaitForEnd(out var signal))
                return true;
            watched.Dispose();
            _successor = signal == 0 ? null : Replace(signal);
            return _successor is not null;
        }
    }

    private SuccessorProcess? Replace(int signal)
    {
        var log = process.Log.Host;
        HostLog.SuccessorKilled(log, Id, signal);
        SuccessorProcess? next = null;
        try
        {
            next = SuccessorProcess.Start(start, sockets.Passed);
            next.WaitUntilReady(process.Options.StartTimeout, process.Options.Grace, CancellationToken.None);
            if (!next.TryLetServe(Upgrade.CommitTime))
                throw new TacHostException(ExitCode.Software, $"process {next.Id} ended before it served");
            next.LetReport();
            Id = next.Id;
            HostLog.SuccessorReplaced(log, Id);
            return next;
        }
        catch (TacHostException e)
        {
            HostLog.SuccessorLost(log, e.Message);
            next?.Dispose();
            return null;
        }
    }
}
