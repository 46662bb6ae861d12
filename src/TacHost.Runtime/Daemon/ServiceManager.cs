using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;

namespace TacHost.Daemon;

/// <summary>Reports the state of the process to systemd, or to another manager that has set NOTIFY_SOCKET (sd_notify(3)). Otherwise does nothing.</summary>
internal sealed class ServiceManager : IDisposable
{
    private const string SocketVariable = "NOTIFY_SOCKET";
    private const string WatchdogVariable = "WATCHDOG_USEC";
    private const string WatchedProcessVariable = "WATCHDOG_PID";
    private const double MicrosecondsPerSecond = 1e6;

    private static readonly TimeSpan _longestInterval = TimeSpan.FromHours(1);

    private readonly Socket? _socket;
    private Timer? _watchdog;
    private bool _isSilent;
    private volatile string? _ready;

    private ServiceManager(Socket? socket, TimeSpan? watchdogInterval) => (_socket, WatchdogInterval) = (socket, watchdogInterval);

    /// <summary>Gets the variables by which a successor of this process finds the manager.</summary>
    public IReadOnlyList<string> Variables { get; private init; } = [];

    /// <summary>Gets the watchdog timeout after which the manager treats the process as dead, or null.</summary>
    public TimeSpan? WatchdogInterval { get; }

    /// <summary>
    /// Connects immediately, because the socket is not reachable after chroot(2). Removes the
    /// variables from the environment, because child processes must not use them.
    /// </summary>
    public static ServiceManager Connect()
    {
        var address = Consume(SocketVariable);
        var socket = Connect(address);
        var microseconds = Consume(WatchdogVariable);
        var process = Consume(WatchedProcessVariable);
        var isMeant = process is null || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return new ServiceManager(
            socket,
            socket is not null && isMeant && long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var interval) && interval > 0
                ? TimeSpan.FromSeconds(interval / MicrosecondsPerSecond)
                : null)
        {
            Variables = socket is null ? [] : isMeant && microseconds is not null ? [$"{SocketVariable}={address}", $"{WatchdogVariable}={microseconds}"] : [$"{SocketVariable}={address}"],
        };
    }

    /// <summary>Reports the end of the start.</summary>
    public void Ready(string status)
    {
        _ready = $"READY=1\nMAINPID={Environment.ProcessId}\nSTATUS={status}";
        Send(_ready);
    }

    /// <summary>A reload begins. Says nothing before the start is over and once the stop has begun.</summary>
    public void Reloading()
    {
        if (_ready is null)
            return;
        var now = (long)(Stopwatch.GetTimestamp() * MicrosecondsPerSecond / Stopwatch.Frequency);
        Send($"RELOADING=1\nMONOTONIC_USEC={now}\nSTATUS=reloading");
    }

    /// <summary>Reports the end of a reload, successful or not.</summary>
    public void Reloaded()
    {
        if (_ready is { } ready)
            Send(ready);
    }

    /// <summary>Reports the beginning of the stop.</summary>
    public void Stopping(string status)
    {
        _ready = null;
        Send($"STOPPING=1\nSTATUS={status}");
    }

    /// <summary>Reports the ID of the new main process. Nothing is reported afterwards, because the manager would attribute it to that process.</summary>
    public void LeaveTo(int process)
    {
        _ready = null;
        Send(string.Create(CultureInfo.InvariantCulture, $"MAINPID={process}"));
        Dispose();
    }

    public bool IsConnected => _socket is not null;

    /// <summary>Sends a readable status while the process serves. Sends nothing before the end of the start and during the stop.</summary>
    public void ServingStatus(string status)
    {
        if (_ready is not null)
            Status(status);
    }

    /// <summary>Reports a status text for people.</summary>
    public void Status(string status) => Send($"STATUS={status}");

    /// <summary>Sends watchdog notifications twice in each timeout, as long as the health check completes in time.</summary>
    /// <param name="ask">The health check.</param>
    /// <param name="onSilence">Called with the reason when the check fails, once for each series of failures.</param>
    public void Watch(Func<Task> ask, Action<Exception> onSilence)
    {
        if (WatchdogInterval is not { } interval)
            return;
        var half = (interval < _longestInterval ? interval : _longestInterval) / 2;
        _watchdog = new Timer(_ => _ = AskAsync(ask, half, onSilence), null, TimeSpan.Zero, half);
    }

    public void Dispose()
    {
        _watchdog?.Dispose();
        _socket?.Dispose();
    }

    private async Task AskAsync(Func<Task> ask, TimeSpan timeout, Action<Exception> onSilence)
    {
        try
        {
            await ask().WaitAsync(timeout);
            Send("WATCHDOG=1");
            _isSilent = false;
        }
        catch (Exception e)
        {
            // The health check failed, so no notification is sent and the manager detects the failure.
            if (!_isSilent)
                onSilence(e);
            _isSilent = true;
        }
    }

    private static string? Consume(string variable)
    {
        var value = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, null);
        return value;
    }

    private static Socket? Connect(string? path) => string.IsNullOrEmpty(path) ? null : ConnectTo(path);

    /// <summary>Connects a socket. A separate method, so that socket assemblies are not loaded without a manager.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Socket? ConnectTo(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            // An '@' represents the zero byte at the start of an abstract name (unix(7)).
            // A manager that does not read must not block the process.
            socket.Blocking = false;
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
            // The manager has closed the socket or does not read it. The process continues.
        }
    }
}
