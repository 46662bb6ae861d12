using System.Globalization;
using TacHost.Bench.Interop;

namespace TacHost.Bench.Servers;

/// <summary>What /proc says about a process.</summary>
internal static class ProcessFigures
{
    /// <summary>User and system time of all its threads, also of those that have ended.</summary>
    public static unsafe TimeSpan CpuTime(int process)
    {
        var time = stackalloc long[2];
        return Libc.ClockOf(process, out var clock) == 0 && Libc.GetTime(clock, time) == 0
            ? TimeSpan.FromSeconds(time[0]) + TimeSpan.FromMicroseconds(time[1] / 1000.0)
            : throw new InvalidOperationException($"There is no clock of process {process}.");
    }

    /// <summary>Resident memory in bytes.</summary>
    public static double Resident(int process) => 1024.0 * Status(process, "VmRSS:");

    /// <summary>Resident memory that is no page of a file, in bytes: what a second process of the kind takes on top.</summary>
    public static double Anonymous(int process) => 1024.0 * (Status(process, "RssAnon:") + Status(process, "RssShmem:"));

    public static int Threads(int process) => (int)Status(process, "Threads:");

    /// <summary>Whether it runs. One that has ended and that nobody has asked for yet does not.</summary>
    public static bool Exists(int process)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{process}/stat");
            return text[(text.LastIndexOf(')') + 2)..][0] != 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static long Status(int process, string field)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(field.Length).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture);
    }
}
