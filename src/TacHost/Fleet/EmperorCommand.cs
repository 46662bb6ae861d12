using TacHost.CommandLine;
using TacHost.Control.Client;
using TacHost.Daemon;
using TacHost.Hosting;

namespace TacHost.Fleet;

/// <summary><c>tachost emperor</c>, as far as it happens on the terminal.</summary>
internal static class EmperorCommand
{
    private const UnixFileMode ForOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Checks what can go wrong before the start, makes the directories, and ends a running emperor if asked to.</summary>
    /// <exception cref="TacHostException">The fleet cannot be kept, or another emperor keeps it.</exception>
    public static void Prepare(HostOptions options)
    {
        var fleet = options.Command.Fleet;
        _ = FleetDirectory.Read(fleet.Directory);
        foreach (var directory in new[] { fleet.RunDirectory, fleet.LogDirectory })
            Make(directory);
        if (options.NoControl)
            throw new TacHostException(ExitCode.Usage, "an emperor needs its control socket. Leave --no-control out.");
        if (fleet.Takeover && PidFileHolder.Find(fleet.EmperorPidFile) is { } running)
            TakeOver(running);
        Preconditions.Check(options);
    }

    /// <summary>Shows what came of the deployments.</summary>
    /// <returns>0 if any deployment runs, or will: a node of a cluster can get one at any time. With --strict, only if each one that is on runs.</returns>
    public static int Report(FleetOptions fleet)
    {
        var report = FleetClient.Ask(fleet);
        Terminal.Write(SingleLine.Escape(FleetSummary.Of(report)) + "\n");
        var wanted = report.Units.Where(unit => unit.State != "off").ToList();
        var isEnough = fleet.Strict ? wanted.All(unit => unit.State == "running") : wanted.Count == 0 || wanted.Any(unit => unit.Pid is not null || unit.State is "queued" or "compiling" or "starting");
        return isEnough ? ExitCode.Success : ExitCode.Unavailable;
    }

    private static void Make(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory, ForOwner | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TacHostException(ExitCode.CannotCreate, SingleLine.Escape($"cannot make the directory '{directory}' for the pid files and logs of the fleet: {e.Message} Name another one with --run and --logs."), e);
        }
    }

    /// <summary>Has the running emperor leave its deployments as they are, and waits for its end.</summary>
    private static void TakeOver(int running)
    {
        ProcessEnd end = new(running);
        try
        {
            using var client = ControlClient.Connect(running) ?? throw new TacHostException(ExitCode.Unavailable, $"the emperor (process {running}) has no control socket yet. Try again.");
            client.Call("fleet-release", null, Timeout.InfiniteTimeSpan);
        }
        catch (TacHostException e) when (e.ExitCode == ExitCode.Unavailable && end.WaitFor(ControlClient.Timeout))
        {
            return;
        }

        if (!end.WaitFor(TimeSpan.MaxValue))
            throw new TacHostException(ExitCode.TimedOut, $"the emperor (process {running}) has not ended.");
    }
}
