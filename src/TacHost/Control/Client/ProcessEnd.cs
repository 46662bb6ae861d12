using System.Diagnostics;

namespace TacHost.Control.Client;

/// <summary>The end of a process that is not a child of this one.</summary>
internal sealed class ProcessEnd
{
    private static readonly TimeSpan _step = TimeSpan.FromMilliseconds(10);

    private readonly int _process;
    private readonly string? _startTime;

    public ProcessEnd(int process) => (_process, _startTime) = (process, StartTime(process));

    /// <summary>Waits until the process has ended. Another one that gets its id is not taken for it.</summary>
    /// <returns>True if it has.</returns>
    public bool WaitFor(TimeSpan timeout)
    {
        var began = Stopwatch.GetTimestamp();
        while (_startTime is not null && StartTime(_process) == _startTime)
        {
            if (Stopwatch.GetElapsedTime(began) > timeout)
                return false;
            BlockingWait.For(Task.Delay(_step));
        }

        return true;
    }

    /// <summary>Returns when a process was started, in the kernel's ticks; null if it does not run. A zombie does not.</summary>
    private static string? StartTime(int process)
    {
        const int state = 0, startTime = 19;
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[state] is "Z" or "X" ? null : fields[startTime];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
