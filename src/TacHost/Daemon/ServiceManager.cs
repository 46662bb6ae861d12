using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace TacHost.Daemon;

/// <summary>Tells systemd, or whoever set NOTIFY_SOCKET, how the process is doing (sd_notify(3)). Does nothing where nobody did.</summary>
internal sealed class ServiceManager : IDisposable
{
    private const string SocketVariable = "NOTIFY_SOCKET";
    private const string WatchdogVariable = "WATCHDOG_USEC";
    private const string WatchedProcessVariable = "WATCHDOG_PID";
    private const double MicrosecondsPerSecond = 1e6;

    private readonly Socket? _socket;
    private Timer? _watchdog;

    private ServiceManager(Socket? socket, TimeSpan? watchdogInterval) => (_socket, WatchdogInterval) = (socket, watchdogInterval);

    /// <summary>How long it may be silent before it is taken for dead, or null.</summary>
    public TimeSpan? WatchdogInterval { get; }

    /// <summary>Connects at once, because the socket cannot be reached from a jail, and takes the variables out of the environment, because they are not meant for children.</summary>
    public static ServiceManager Connect()
    {
        var socket = Connect(Take(SocketVariable));
        var microseconds = Take(WatchdogVariable);
        var process = Take(WatchedProcessVariable);
        var isMeant = process is null || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return new ServiceManager(
            socket,
            socket is not null && isMeant && long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var interval) && interval > 0
                ? TimeSpan.FromSeconds(interval / MicrosecondsPerSecond)
                : null);
    }

    /// <summary>The start is over.</summary>
    public void Ready(string status) => Send($"READY=1\nMAINPID={Environment.ProcessId}\nSTATUS={status}");

    /// <summary>A reload begins; <see cref="Ready"/> ends it.</summary>
    public void Reloading()
    {
        var now = (long)(System.Diagnostics.Stopwatch.GetTimestamp() * MicrosecondsPerSecond / System.Diagnostics.Stopwatch.Frequency);
        Send($"RELOADING=1\nMONOTONIC_USEC={now}");
    }

    /// <summary>The stop begins.</summary>
    public void Stopping(string status) => Send($"STOPPING=1\nSTATUS={status}");

    /// <summary>What the process is doing, for people.</summary>
    public void Status(string status) => Send($"STATUS={status}");

    /// <summary>Sends signs of life from now on, twice in each interval, as long as a question is answered in time.</summary>
    public void Watch(Func<Task> ask)
    {
        if (WatchdogInterval is not { } interval)
            return;
        var half = interval / 2;
        _watchdog = new Timer(_ => _ = AskAsync(ask, half), null, TimeSpan.Zero, half);
    }

    public void Dispose()
    {
        _watchdog?.Dispose();
        _socket?.Dispose();
    }

    private async Task AskAsync(Func<Task> ask, TimeSpan patience)
    {
        try
        {
            await ask().WaitAsync(patience);
            Send("WATCHDOG=1");
        }
        catch (Exception)
        {
            // Whatever went wrong, the tree did not answer, and silence is how to say so.
        }
    }

    private static string? Take(string variable)
    {
        var value = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, null);
        return value;
    }

    private static Socket? Connect(string? path)
    {
        if (string.IsNullOrEmpty(path))
            return null;
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            // An '@' stands for the zero byte that begins an abstract name (unix(7)).
            socket.Connect(new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path));
            return socket;
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            socket.Dispose();
            return null;
        }
    }

    private void Send(string message)
    {
        try
        {
            _socket?.Send(Encoding.UTF8.GetBytes(message));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Nobody listens any more, which is no reason to stop.
        }
    }
}
