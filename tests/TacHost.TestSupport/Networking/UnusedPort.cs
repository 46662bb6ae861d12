using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TacHost.TestSupport.Networking;

/// <summary>
/// Ports that nobody else takes between two uses: for servers that come back where they were, and for addresses where nobody listens.
/// A port that was chosen by the kernel and closed again may be the next that the kernel chooses, so these are below the range that it chooses from.
/// </summary>
public static class UnusedPort
{
    private const int First = 10_240;
    private const int ForEachProcess = 64;

    private static readonly int _end = int.Parse(File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split('\t')[0], CultureInfo.InvariantCulture) is > First + ForEachProcess and var low ? low : IPEndPoint.MaxPort;
    private static int _last = Environment.ProcessId * ForEachProcess;

    /// <summary>Returns a port that is used neither for TCP nor for UDP.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = First + (Interlocked.Increment(ref _last) & int.MaxValue) % (_end - First);
            if (IsFree(port, SocketType.Stream, ProtocolType.Tcp) && IsFree(port, SocketType.Dgram, ProtocolType.Udp))
                return port;
        }
    }

    private static bool IsFree(int port, SocketType type, ProtocolType protocol)
    {
        using Socket socket = new(AddressFamily.InterNetwork, type, protocol);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
