using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Daemon;

/// <summary>The end of a leash that a deployment holds: ends the process when the process at the other end has ended or lost its right.</summary>
internal static class LeashWatch
{
    private const int Terminate = 15, ForcedEnd = 9;

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Begins to watch.</summary>
    /// <param name="leash">The pipe, or null if the process is on no leash.</param>
    /// <param name="limit">The time for which a renewal is valid, and the maximum time of the stop after the end of the pipe; or null for a leash without renewals.</param>
    /// <exception cref="TacHostException">There is a limit, but no leash.</exception>
    public static void Begin(SafeFileHandle? leash, TimeSpan? limit)
    {
        if (leash is null && limit is not null)
            throw new TacHostException(ExitCode.Usage, "this deployment belongs to a cluster, whose node must start it. Use 'tachost fleet restart' on that node.");
        if (leash is null)
            return;
        new Thread(() => Watch(leash, limit)) { IsBackground = true, Name = "leash" }.Start();
    }

    private static void Watch(SafeFileHandle leash, TimeSpan? limit)
    {
        using FileStream stream = new(leash, FileAccess.Read, bufferSize: 0);
        if (limit is { } renewedFor)
            WaitForEnd(stream, renewedFor);
        else
            stream.CopyTo(Stream.Null);
        _ = LibcProcesses.Kill(Environment.ProcessId, Terminate);
        if (limit is not { } timeout)
            return;
        var end = LibcClock.BootTime + timeout;
        while (LibcClock.BootTime < end)
            BlockingWait.For(Task.Delay(_interval));
        _ = LibcProcesses.Kill(Environment.ProcessId, ForcedEnd);
    }

    /// <summary>Returns at the end of the pipe. Does not return if the last renewal becomes too old: others may run the deployment by then.</summary>
    /// <remarks>A renewal is the time at which it was written, by a clock that counts suspends. So one that has waited in the pipe counts no longer than it should.</remarks>
    private static void WaitForEnd(FileStream stream, TimeSpan limit)
    {
        Span<byte> renewal = stackalloc byte[sizeof(long)];
        var last = LibcClock.BootTime;
        while (true)
        {
            if (Polling.WaitForInput(stream.SafeFileHandle, _interval))
            {
                if (stream.ReadAtLeast(renewal, renewal.Length, throwOnEndOfStream: false) < renewal.Length)
                    return;
                last = TimeSpan.FromTicks(BinaryPrimitives.ReadInt64LittleEndian(renewal));
                if (Polling.WaitForInput(stream.SafeFileHandle, TimeSpan.Zero))
                    continue;
            }

            if (LibcClock.BootTime - last > limit)
                _ = LibcProcesses.Kill(Environment.ProcessId, ForcedEnd);
        }
    }
}
