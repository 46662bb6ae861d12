using System.Diagnostics;
using System.Text;
using System.Text.Json;
using TacHost.CommandLine;
using TacHost.Control.Wire;
using TacHost.Daemon;
using TacHost.Native;

namespace TacHost.Control.Client;

/// <summary><c>tachost restart</c>: stops a daemon and starts it with the same command line.</summary>
internal static class RestartCommand
{
    /// <summary>The words before those of the user: more than none if the program runs as <c>dotnet tachost.dll</c>.</summary>
    private static readonly string[] _wordsBefore = Environment.ProcessPath!.EndsWith("/dotnet", StringComparison.Ordinal) ? [Path.Combine(AppContext.BaseDirectory, "tachost.dll")] : [];

    public static int Run(string? who)
    {
        var running = ApplicationSearch.Find(who);
        RequireMine(running);
        var origin = Ask(running);
        RequireDaemon(running, origin);
        var environment = EnvironmentOf(running.Process);
        if (Check(origin, environment) is > 0 and var code)
            throw new TacHostException(code, SingleLine.Escape($"{running.Name} (process {running.Process}) keeps running, because it would not start again."));
        _ = StopCommand.Stop(running);
        var exitCode = Start(origin.Arguments, origin.Directory!, environment);
        return exitCode == ExitCode.Success ? exitCode : throw new TacHostException(exitCode, SingleLine.Escape($"{running.Name} has been stopped, and has not started again."));
    }

    /// <summary>The words that another user's process was started with are in its own memory. Root would start what that user has made of them.</summary>
    private static void RequireMine(RunningApplication running)
    {
        if (running.User != LibcAccounts.GetEuid())
            throw new TacHostException(ExitCode.NoPermission, SingleLine.Escape($"process {running.Process} runs as {running.UserName}, who could have changed the command line that it was started with. Stop it with 'tachost stop {running.Process}' and start it as before, or restart its unit."));
    }

    private static OriginReport Ask(RunningApplication running)
    {
        using var client = running.Connect();
        return client.Call("origin", null, ControlClient.Timeout).Deserialize(ControlJson.Default.OriginReport)!;
    }

    private static void RequireDaemon(RunningApplication running, OriginReport origin)
    {
        if (origin.Managed)
            throw new TacHostException(ExitCode.Usage, $"a service manager has started process {running.Process}. Let it restart the unit: systemctl restart UNIT");
        if (running.Report is not { Daemon: true })
            throw new TacHostException(ExitCode.Usage, $"process {running.Process} runs in the foreground. Restart it where it was started.");
        if (origin.Directory is null)
            throw new TacHostException(ExitCode.Usage, $"the directory in which process {running.Process} was started is gone. Stop it, and start it elsewhere.");
    }

    /// <summary>Compiles the tac file as the start will, so that a mistake in it stops nothing.</summary>
    private static int Check(OriginReport origin, IReadOnlyDictionary<string, string> environment)
    {
        var (options, operands) = HostCommandLine.Read([.. origin.Arguments]);
        if ((options.TacFile ?? operands.Take(1).FirstOrDefault(ApplicationSearch.IsPath)) is not { } file)
            return ExitCode.Success;
        return Start([.. options.Libraries.SelectMany(library => new[] { "--lib", library }), .. options.Locked ? ["--locked"] : Array.Empty<string>(), "compile", file], origin.Directory!, environment, isQuiet: true);
    }

    /// <summary>Runs this program, and no path that the process has told.</summary>
    private static int Start(IReadOnlyList<string> arguments, string directory, IReadOnlyDictionary<string, string> environment, bool isQuiet = false)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!, [.. _wordsBefore, .. arguments]) { WorkingDirectory = directory, RedirectStandardOutput = isQuiet };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        if (isQuiet)
            process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }

    private static Dictionary<string, string> EnvironmentOf(int process)
    {
        try
        {
            Dictionary<string, string> variables = [];
            foreach (var variable in Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{process}/environ")).Split('\0', StringSplitOptions.RemoveEmptyEntries))
            {
                if (variable.IndexOf('=', StringComparison.Ordinal) is > 0 and var at)
                    variables[variable[..at]] = variable[(at + 1)..];
            }

            Handover.RemoveFrom(variables);
            return variables;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TacHostException(ExitCode.NoPermission, $"cannot read the environment that process {process} was started with: {e.Message}", e);
        }
    }
}
