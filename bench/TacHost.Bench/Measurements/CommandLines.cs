using System.Diagnostics;
using TacHost.Bench.Report;

namespace TacHost.Bench.Measurements;

/// <summary>What does not start anything: help, version, and a mistake.</summary>
internal sealed record CommandLines() : Measurement("command line", IsChecked: true)
{
    public override IEnumerable<Row> Take(Bench bench)
    {
        var commands = new List<(string Name, string Program, string Argument)>
        {
            ("tachost --help", bench.Peers.TachostProgram, "--help"),
            ("tachost --version", bench.Peers.TachostProgram, "--version"),
            ("tachost --wrong", bench.Peers.TachostProgram, "--wrong"),
            ("tachost plugins", bench.Peers.TachostProgram, "plugins"),
        };
        if (bench.Peers.TwistdProgram is { } twistd)
            commands.Add(("twistd --help", twistd, "--help"));
        var results = Bench.InTurn<double>(bench.Options.Of(3, 15, 60), [.. commands.Select<(string, string Program, string Argument), Func<double>>(command => () => Run(command.Program, command.Argument))]);
        yield return new Row(
            "help, version, a wrong option and the list of plugins", "ms", [.. commands.Select((command, i) => new Series(command.Name, results[i]))],
            [.. commands.Where(command => command.Program == bench.Peers.TachostProgram).Select(command => new Goal(command.Name, "twistd --help", 0.1))]);
    }

    private static double Run(string program, string argument)
    {
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(program, [argument]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.StandardOutput.ReadToEnd();
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }
}
