using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>The formats of the lines of a log.</summary>
internal static class LineFormats
{
    /// <summary>Creates the format that the options ask for.</summary>
    public static ILineFormat Of(LogOptions options, bool withTime = true) =>
        options.Format == LogFormat.Json ? Json() : new TextLogFormat(withTime, options.ShowScopes);

    /// <summary>Creates the JSON format. A separate method, so that a text log does not load System.Text.Json, which costs 1 ms and 1 MB.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static JsonLogFormat Json() => new();

    /// <summary>Returns the line of an error of the log itself.</summary>
    public static byte[] Notice(ILineFormat format, string text)
    {
        var line = new ArrayBufferWriter<byte>();
        format.Write(new LogEvent(TimeProvider.System.GetLocalNow(), LogLevel.Error, "-", default, text, null, null), line);
        return line.WrittenSpan.ToArray();
    }
}
