using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using TacHost.Bench.Servers;

namespace TacHost.Bench;

/// <summary>What it was measured on, and with which versions.</summary>
internal static class Machine
{
    public static IEnumerable<string> Describe(Peers peers)
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
        yield return $"Machine: {Environment.ProcessorCount} cores, {model}, Linux {File.ReadAllText("/proc/sys/kernel/osrelease").Trim()}";
        yield return $"Date: {DateTimeOffset.Now.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}; load of the machine before: {File.ReadAllText("/proc/loadavg").Split(' ')[0]}";
        yield return $"tachost: {Output(peers.TachostProgram, "--version")}";
        if (peers.TwistdProgram is { } twistd)
            yield return $"twistd: {Output(twistd, "--version")}, {Output("python3", "--version")}";
        if (peers.NginxHttp.IsThere)
            yield return $"nginx: {Output("nginx", "-v")}";
        if (peers.C.IsThere)
            yield return $"C: {Output("gcc", "--version")}";
        foreach (var missing in peers.Missing)
            yield return $"Skipped: {missing}";
    }

    private static string Output(string program, string argument)
    {
        using var process = Process.Start(new ProcessStartInfo(program, [argument]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var text = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return text.Split('\n')[0];
    }
}
