using System.Text.Json;
using TacHost.CommandLine;
using TacHost.Control.Wire;

namespace TacHost.Control.Client;

/// <summary><c>tachost stop</c>: stops a running application and returns when its process has ended.</summary>
internal static class StopCommand
{
    /// <summary>The time limit for the end of a process after all of its services have stopped.</summary>
    private static readonly TimeSpan _longestEnd = TimeSpan.FromSeconds(10);

    /// <returns>0 if the process ended with 0, otherwise 70.</returns>
    public static int Run(string? who)
    {
        var running = ApplicationSearch.Find(who);
        var exitCode = Stop(running);
        var title = SingleLine.Escape($"{running.Name} (process {running.Process})");
        if (exitCode == ExitCode.Success)
        {
            Terminal.Write($"{title} has stopped.\n");
            return ExitCode.Success;
        }

        var log = running.Report?.LogFile is { } file ? SingleLine.Escape($" See '{file}'.") : "";
        throw new TacHostException(ExitCode.Software, $"{title} has ended with the exit code {exitCode}.{log}");
    }

    /// <summary>Stops the process and waits for its end.</summary>
    /// <returns>The exit code of the process.</returns>
    public static int Stop(RunningApplication running)
    {
        ProcessEnd end = new(running.Process);
        using var client = running.Connect();
        int exitCode;
        try
        {
            exitCode = client.Call("stop", null, Timeout.InfiniteTimeSpan).Deserialize(ControlJson.Default.StopReport)!.ExitCode;
        }
        catch (TacHostException e) when (e.ExitCode == ExitCode.Unavailable && end.WaitFor(_longestEnd))
        {
            throw new TacHostException(ExitCode.Software, SingleLine.Escape($"{running.Name} (process {running.Process}) has ended without reporting an exit code."), e);
        }

        return end.WaitFor(_longestEnd) ? exitCode : throw new TacHostException(ExitCode.TimedOut, SingleLine.Escape($"everything in {running.Name} has stopped, but process {running.Process} has not ended."));
    }
}
