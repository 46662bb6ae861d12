using System.Text.Json;
using System.Text.Json.Nodes;
using TacHost.Control.Client;
using TacHost.Control.Wire;
using TacHost.Native;

namespace TacHost.Dashboard.Watching;

/// <summary>A connection to the control socket of one process, which stays open between questions.</summary>
/// <param name="name">The abstract name of the socket.</param>
internal sealed class ProcessLink(string name) : IDisposable
{
    private const int FirstLines = 100;

    private readonly Dictionary<string, long> _lastLines = [];
    private ControlClient? _client;
    private bool _isEmperor = true;

    /// <summary>Gets the running or the last question.</summary>
    public Task<WatchedProcess?> Asking { get; private set; } = Task.FromResult<WatchedProcess?>(null);

    /// <summary>Gets the last answer, or null if this user may not ask.</summary>
    public WatchedProcess? Last { get; private set; }

    /// <summary>Gets whether a question has been answered, or has failed.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>Asks for the state and the new lines of the log, unless the last question is still open.</summary>
    /// <param name="onLine">Called with each line.</param>
    public Task Ask(Action<int, string, LogReport> onLine) => Asking.IsCompleted ? Asking = Task.Run(() =>
    {
        Last = AskNow(onLine);
        HasAnswered = true;
        return Last;
    }) : Asking;

    public void Dispose() => _client?.Dispose();

    private WatchedProcess? AskNow(Action<int, string, LogReport> onLine)
    {
        try
        {
            // Processes of root do not answer other users.
            if ((_client ??= ControlClient.Connect(name)) is not { } client || (client.User == 0 && LibcAccounts.GetEuid() != 0))
                return null;
            // A process of another user may send anything, also null.
            if (client.Call("status", null, ControlClient.Timeout).Deserialize(ControlJson.Default.StatusReport) is not { Process.Applications: not null, Services: not null } status)
                throw new JsonException("The process has sent no state.");
            foreach (var application in status.Process.Applications)
                ReadLog(client, application.Name ?? "", onLine);
            return new WatchedProcess(client.Process, UserName(client.User), status, AskForFleet(client));
        }
        catch (Exception e) when (e is TacHostException or JsonException)
        {
            var silent = _client is { } client && e is TacHostException { ExitCode: ExitCode.TimedOut } ? new WatchedProcess(client.Process, UserName(client.User), null, null) : null;
            _client?.Dispose();
            _client = null;
            return silent;
        }
    }

    private void ReadLog(ControlClient client, string application, Action<int, string, LogReport> onLine)
    {
        var last = _lastLines.GetValueOrDefault(application);
        client.Call("logs", new JsonObject { ["application"] = application, ["after"] = last, ["lines"] = last == 0 ? FirstLines : int.MaxValue }, ControlClient.Timeout, message =>
        {
            if (message.Deserialize(ControlJson.Default.LogReport) is not { } line)
                return true;
            if (line.Number > _lastLines.GetValueOrDefault(application))
                onLine(client.Process, application, line);
            _lastLines[application] = line.Number;
            return true;
        });
    }

    private FleetReport? AskForFleet(ControlClient client)
    {
        if (!_isEmperor)
            return null;
        try
        {
            return client.Call("fleet", null, ControlClient.Timeout).Deserialize(ControlJson.Default.FleetReport)!;
        }
        catch (TacHostException e) when (e.ExitCode == ExitCode.Unavailable)
        {
            _isEmperor = false;
            return null;
        }
    }

    private static string UserName(uint user) => Accounts.User(user)?.Name ?? user.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
