using System.Diagnostics;

namespace TacHost.Bench.Servers;

/// <summary>One of the programs that are compared, and how it is told what to do.</summary>
/// <param name="Name">As it stands in the table.</param>
/// <param name="WhyMissing">Why it cannot be measured on this machine, or null.</param>
/// <param name="CommandLine">Program and arguments that serve in the foreground.</param>
internal sealed record ServerKind(string Name, string? WhyMissing, Func<ServerSetup, IReadOnlyList<string>> CommandLine)
{
    /// <summary>Further variables of its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public bool IsThere => WhyMissing is null;

    /// <summary>Program and arguments that serve in the background, with 'pid' in the directory as the pid file; null if that is not compared.</summary>
    public Func<ServerSetup, IReadOnlyList<string>>? DetachedCommandLine { get; init; }

    /// <summary>Starts it in the foreground.</summary>
    public RunningServer Start(ServerSetup setup) => new(Name, setup, Process.Start(StartInfo(CommandLine(setup), setup))!);

    /// <summary>Starts it in the background and returns when its prompt is back.</summary>
    public RunningServer StartDetached(ServerSetup setup)
    {
        using var first = Process.Start(StartInfo(DetachedCommandLine!(setup), setup))!;
        first.WaitForExit();
        if (first.ExitCode != 0)
            throw new InvalidOperationException($"{Name} exited with {first.ExitCode} instead of going into the background.");
        return new RunningServer(Name, setup, null);
    }

    public ProcessStartInfo StartInfo(IReadOnlyList<string> commandLine, ServerSetup setup)
    {
        var pinned = setup.Core is { } core ? (IReadOnlyList<string>)["taskset", "-c", $"{core}", .. commandLine] : commandLine;
        var info = new ProcessStartInfo(pinned[0], pinned.Skip(1)) { WorkingDirectory = setup.Directory };
        info.Environment["BENCH_PORT"] = $"{setup.Port}";
        info.Environment["BENCH_POEM"] = setup.PoemFile;
        foreach (var (name, value) in Environment.Concat(setup.Environment))
            info.Environment[name] = value;
        return info;
    }
}
