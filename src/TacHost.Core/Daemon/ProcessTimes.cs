using System.Globalization;

namespace TacHost.Daemon;

/// <summary>Times and memory of a process, from proc(5).</summary>
internal static class ProcessTimes
{
    private const int State = 0, UserTime = 11, SystemTime = 12, StartTime = 19;
    private const int TicksPerSecond = 100;

    /// <summary>Returns when a process was started, in the kernel's ticks since the boot, or null if the process does not run. A zombie does not run.</summary>
    public static string? StartTicks(int process) => Fields(process) is { } fields ? fields[StartTime] : null;

    /// <summary>Returns the processor time of a process, or null if it does not run.</summary>
    public static TimeSpan? Processor(int process) => Fields(process) is { } fields
        ? TimeSpan.FromSeconds((double)(long.Parse(fields[UserTime], CultureInfo.InvariantCulture) + long.Parse(fields[SystemTime], CultureInfo.InvariantCulture)) / TicksPerSecond)
        : null;

    /// <summary>Returns the resident memory of a process that it does not share with files, in bytes, or null if it does not run.</summary>
    public static long? PrivateMemory(int process)
    {
        const int resident = 1, shared = 2;
        try
        {
            var pages = File.ReadAllText($"/proc/{process}/statm").Split(' ');
            return (long.Parse(pages[resident], CultureInfo.InvariantCulture) - long.Parse(pages[shared], CultureInfo.InvariantCulture)) * Environment.SystemPageSize;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string[]? Fields(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[State] is "Z" or "X" ? null : fields;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
