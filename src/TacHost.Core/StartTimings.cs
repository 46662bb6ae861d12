using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Text;

namespace TacHost;

/// <summary>Where the time of a start went, for <c>--timings</c>: what was done in this process, one part after another.</summary>
/// <param name="isAskedFor">Whether somebody wants to know what .NET took before: asking it takes a millisecond.</param>
internal sealed class StartTimings(bool isAskedFor)
{
    private readonly TimeSpan _beforeMain = isAskedFor ? Environment.CpuUsage.TotalTime : default;
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly List<Part> _parts = [];

    /// <summary>Returns whether a command line seems to ask for timings. A wrong guess costs a millisecond.</summary>
    public static bool AreAskedFor(string[] args) => Array.Exists(args, static word => word.Length > 2 && "--timings".StartsWith(word, StringComparison.Ordinal));

    /// <summary>A part is over, which began when the one before was.</summary>
    public void Over(string part) => _parts.Add(new Part(part, Stopwatch.GetTimestamp()));

    /// <summary>A line for each part, then one for all.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Append(_beforeMain, ".NET itself, before tachost (time of the processor)");
        var from = _began;
        foreach (var part in _parts)
        {
            Append(Stopwatch.GetElapsedTime(from, part.Over), part.Name);
            from = part.Over;
        }

        Append(_beforeMain + Stopwatch.GetElapsedTime(_began, from), string.Create(CultureInfo.InvariantCulture, $"in all; {JitInfo.GetCompiledMethodCount()} methods left to the JIT, {JitInfo.GetCompilationTime().TotalMilliseconds:0.0} ms; {AppDomain.CurrentDomain.GetAssemblies().Length} assemblies"));
        return text.ToString();

        void Append(TimeSpan time, string what) => text.Append(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds,8:0.0} ms  {what}\n");
    }

    /// <summary>A class, because .NET has no machine code for a list of a structure of ours.</summary>
    private sealed record Part(string Name, long Over);
}
