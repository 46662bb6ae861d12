using System.Text.Json;
using TacHost.Control.Wire;
using TacHost.Native;

namespace TacHost.Control.Client;

/// <summary>An application that runs on this machine, as reported by its process.</summary>
/// <param name="Process">The ID of the process, as reported by the kernel.</param>
/// <param name="User">The user of the process, as reported by the kernel.</param>
/// <param name="Socket">The abstract name of the control socket.</param>
/// <param name="Report">The report of the process, or null if it did not respond.</param>
/// <param name="Application">The report of the application, or null if the process did not respond.</param>
internal sealed record RunningApplication(int Process, uint User, string Socket, ProcessReport? Report, ApplicationReport? Application)
{
    public string? Name => Application?.Name;

    public string UserName => Accounts.User(User)?.Name ?? User.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Connects to the process.</summary>
    /// <exception cref="TacHostException">The process has ended.</exception>
    public ControlClient Connect() => ControlClient.Connect(Process) ?? throw new TacHostException(ExitCode.Unavailable, $"process {Process} has just ended.");

    /// <summary>Returns all applications of this user, or of all users for root, sorted by name.</summary>
    public static IReadOnlyList<RunningApplication> All() => Of(ControlAddress.All());

    /// <summary>Queries the processes concurrently, so that a process that does not respond does not delay the others.</summary>
    public static IReadOnlyList<RunningApplication> Of(IReadOnlyList<string> sockets)
    {
        var asking = sockets.Select(name => Task.Run(() => Ask(name))).ToArray();
        var all = asking.SelectMany(BlockingWait.Result).ToList();

        // After an upgrade, the old process only ends its connections.
        all.RemoveAll(each => each.Report?.Successor is { } successor && all.Exists(other => other.Process == successor));
        return [.. all.OrderBy(each => each.Name, StringComparer.Ordinal).ThenBy(each => each.Process)];
    }

    private static List<RunningApplication> Ask(string name)
    {
        using var client = ControlClient.Connect(name);
        if (client is null || (client.User == 0 && LibcAccounts.GetEuid() != 0))
            return [];
        try
        {
            // Another user's process may send anything, also null.
            return client.Call("ps", null, ControlClient.Timeout).Deserialize(ControlJson.Default.ProcessReport) is { Applications: { } applications } report
                ? [.. applications.Where(each => each is { Source: not null, State: not null, Failed: not null }).Select(each => new RunningApplication(client.Process, client.User, name, report, each))]
                : [];
        }
        catch (TacHostException e) when (e.ExitCode == ExitCode.TimedOut)
        {
            return [new RunningApplication(client.Process, client.User, name, null, null)];
        }
        catch (Exception e) when (e is TacHostException or JsonException)
        {
            // The process has exited, or is not a tachost process.
            return [];
        }
    }
}
