using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Text;

namespace TacHost;

/// <summary>The durations of the start phases in this process, for <c>--timings</c>.</summary>
/// <param name="isAskedFor">True to include the time of the runtime before the start, whose measurement takes a millisecond.</param>
/// <param name="isSecond">True if another program ran in this process before, whose time the kernel counts too.</param>
internal sealed class StartTimings(bool isAskedFor, bool isSecond = false)
{
    private readonly TimeSpan _beforeMain = isAskedFor ? Environment.CpuUsage.TotalTime : default;
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly List<Part> _parts = [];

    /// <summary>Returns whether a command line seems to request timings. A wrong guess costs a millisecond.</summary>
    public static bool AreAskedFor(string[] args) => Array.Exists(args, static word => word.Length > 2 && "--timings".StartsWith(word, StringComparison.Ordinal));

    /// <summary>Records the end of a phase, which began at the end of the previous one.</summary>
    public void Mark(string part) => _parts.Add(new Part(part, Stopwatch.GetTimestamp()));

    /// <summary>Returns a line for each phase, and a line with the total.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Append(_beforeMain, isSecond ? "the command, and .NET itself (time of the processor)" : ".NET itself, before tachost (time of the processor)");
        var from = _began;
        foreach (var part in _parts)
        {
            Append(Stopwatch.GetElapsedTime(from, part.End), part.Name);
            from = part.End;
        }

        Append(_beforeMain + Stopwatch.GetElapsedTime(_began, from), string.Create(CultureInfo.InvariantCulture, $"in all; {JitInfo.GetCompiledMethodCount()} methods left to the JIT, {JitInfo.GetCompilationTime().TotalMilliseconds:0.0} ms; {AppDomain.CurrentDomain.GetAssemblies().Length} assemblies"));
        return text.ToString();

        void Append(TimeSpan time, string what) => text.Append(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds,8:0.0} ms  {what}\n");
    }

    /// <summary>A phase. A class, because precompiled code exists only for lists of reference types.</summary>
    private sealed record Part(string Name, long End);
}
