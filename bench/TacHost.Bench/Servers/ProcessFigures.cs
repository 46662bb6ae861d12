using System.Globalization;

namespace TacHost.Bench.Servers;

/// <summary>What /proc says about a process.</summary>
internal static class ProcessFigures
{
    private const double TicksPerSecond = 100;
    private const double NanosecondsPerSecond = 1e9;

    /// <summary>User and system time of all its threads, also of those that have ended. To 10 ms.</summary>
    public static TimeSpan CpuTime(int process)
    {
        var text = File.ReadAllText($"/proc/{process}/stat");
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromSeconds((long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond);
    }

    /// <summary>The time of the threads that there are now, which is exact.</summary>
    public static TimeSpan CpuTimeOfThreads(int process)
    {
        long nanoseconds = 0;
        foreach (var thread in Directory.EnumerateDirectories($"/proc/{process}/task"))
        {
            try
            {
                nanoseconds += long.Parse(File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // It has ended since.
            }
        }

        return TimeSpan.FromSeconds(nanoseconds / NanosecondsPerSecond);
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
