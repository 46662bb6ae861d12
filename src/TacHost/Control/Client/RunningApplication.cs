using System.Text.Json;
using TacHost.Control.Wire;
using TacHost.Interop;

namespace TacHost.Control.Client;

/// <summary>An application that runs on this machine, as its process describes it.</summary>
/// <param name="Process">The id of the process, as the kernel says.</param>
/// <param name="User">The user of the process, as the kernel says.</param>
/// <param name="Socket">The abstract name of the control socket.</param>
/// <param name="Report">The description of the process, or null if it did not answer.</param>
/// <param name="Application">The description of the application, or null if it did not answer.</param>
internal sealed record RunningApplication(int Process, uint User, string Socket, ProcessReport? Report, ApplicationReport? Application)
{
    /// <summary>Gets the name, or null.</summary>
    public string? Name => Application?.Name;

    /// <summary>Gets the name of the user, or the number of one without a name.</summary>
    public string UserName => Accounts.User(User)?.Name ?? User.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Connects to the process.</summary>
    /// <exception cref="TacHostException">The process has ended.</exception>
    public ControlClient Connect() => ControlClient.Connect(Process) ?? throw new TacHostException(ExitCode.Unavailable, $"process {Process} has just ended.");

    /// <summary>Returns all applications of this user, and for root of all users, in the order of their names.</summary>
    public static IReadOnlyList<RunningApplication> All() => Of(ControlAddress.All());

    /// <summary>Asks the processes that listen at these names, all at once, so that one that does not answer delays nobody.</summary>
    public static IReadOnlyList<RunningApplication> Of(IReadOnlyList<string> sockets)
    {
        var asking = sockets.Select(name => Task.Run(() => Ask(name))).ToArray();
        return [.. asking.SelectMany(Waiting.Result).OrderBy(each => each.Name, StringComparer.Ordinal).ThenBy(each => each.Process)];
    }

    private static List<RunningApplication> Ask(string name)
    {
        using var client = ControlClient.Connect(name);
        if (client is null || (client.User == 0 && Libc.GetEffectiveUserId() != 0))
            return [];
        try
        {
            var report = client.Call("ps", null, ControlClient.Patience).Deserialize(ControlJson.Default.ProcessReport)!;
            return [.. report.Applications.Select(application => new RunningApplication(client.Process, client.User, name, report, application))];
        }
        catch (TacHostException e) when (e.ExitCode == ExitCode.TimedOut)
        {
            return [new RunningApplication(client.Process, client.User, name, null, null)];
        }
        catch (Exception e) when (e is TacHostException or JsonException)
        {
            // It has ended meanwhile, or is not a tachost.
            return [];
        }
    }
}
