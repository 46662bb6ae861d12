using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using TacHost.Daemon;
using TacHost.Native;

namespace TacHost.Fleet;

/// <summary>Renews the right of deployments to run, and ends this process if it was suspended for so long that other nodes may run them.</summary>
/// <remarks>
/// The clock counts suspends. A process that resumes after a freeze ends on this thread, before it acts on outdated state. Its deployments end by themselves,
/// because their last renewal is too old.
/// </remarks>
internal sealed class RunLease : IDisposable
{
    private const short Output = 4;

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _renewalInterval = TimeSpan.FromMilliseconds(250);

    private readonly TimeSpan _limit;
    private readonly Lock _gate = new();
    private readonly List<SafeFileHandle> _leashes = [];
    private readonly ManualResetEventSlim _stopping = new();
    private long _lastTick = LibcClock.BootTime.Ticks;

    /// <param name="limit">The longest freeze.</param>
    public RunLease(TimeSpan limit)
    {
        _limit = limit;
        new Thread(Run) { IsBackground = true, Name = "right to run", Priority = ThreadPriority.Highest }.Start();
    }

    public TimeSpan Limit => _limit;

    /// <summary>Creates a leash.</summary>
    /// <returns>The end for the deployment. The caller closes it after the deployment has inherited it.</returns>
    public SafeFileHandle CreateLeash()
    {
        var (read, write) = Pipe.Create("the leash of a deployment");
        lock (_gate)
        {
            Renew(write);
            _leashes.Add(write);
        }

        return read;
    }

    /// <summary>Ends this process if it was frozen for too long. Called before each start, because another thread may wake first.</summary>
    public void Check()
    {
        if (LibcClock.BootTime.Ticks - Interlocked.Read(ref _lastTick) > _limit.Ticks)
            LibcClock.ExitNow(ExitCode.TimedOut);
    }

    public void Dispose()
    {
        _stopping.Set();
        lock (_gate)
            _leashes.ForEach(leash => leash.Dispose());
    }

    private void Run()
    {
        var renewed = TimeSpan.Zero;
        while (!_stopping.Wait(_interval))
        {
            Check();
            var now = LibcClock.BootTime;
            Interlocked.Exchange(ref _lastTick, now.Ticks);
            if (now - renewed < _renewalInterval)
                continue;
            renewed = now;
            lock (_gate)
                _leashes.RemoveAll(leash => !Renew(leash));
        }
    }

    /// <summary>Writes the time. A pipe that is full belongs to a deployment that is frozen itself.</summary>
    /// <returns>False if the deployment has ended.</returns>
    private static unsafe bool Renew(SafeFileHandle leash)
    {
        if (leash.IsClosed)
            return false;
        var bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(new Span<byte>(bytes, sizeof(long)), LibcClock.BootTime.Ticks);
        var found = Polling.WaitFor(leash, Output, TimeSpan.Zero);
        if (found == 0 || (found & ~Output) == 0 && LibcFiles.Write(leash, bytes, sizeof(long)) == sizeof(long))
            return true;
        leash.Dispose();
        return false;
    }
}
