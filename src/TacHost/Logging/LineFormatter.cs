using System.Buffers;
using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;

namespace TacHost.Logging;

/// <summary>The form of a log line: <c>2026-11-23T13:11:35+0000 [fastpoetry/PoetryFactory] text</c>.</summary>
/// <remarks>
/// Local time, as twistd writes it. Levels other than information follow the category after a '#'. Further lines of a text,
/// and of an exception, begin with a tab; other control characters are escaped, so that no peer can forge a line or steer a terminal.
/// </remarks>
internal sealed class LineFormatter : ITextFormatter
{
    /// <summary>The property of an event that holds its category, under the name that Serilog's formatters know.</summary>
    public const string Category = "SourceContext";

    private static readonly SearchValues<char> _special = SearchValues.Create([.. Enumerable.Range(0, 0x20).Append(0x7F).Concat(Enumerable.Range(0x80, 0x20)).Append(0x2028).Append(0x2029).Select(code => (char)code)]);

    private long _second = -1;
    private string _time = "";

    public void Format(LogEvent logEvent, TextWriter output)
    {
        output.Write(Time(logEvent.Timestamp));
        output.Write(" [");
        output.Write(logEvent.Properties.GetValueOrDefault(Category) is ScalarValue { Value: string category } ? category : "-");
        if (Level(logEvent.Level) is { } level)
        {
            output.Write('#');
            output.Write(level);
        }

        output.Write("] ");
        WriteEscaped(logEvent.MessageTemplate.Text, output);
        if (logEvent.Exception is { } exception)
        {
            output.Write("\n\t");
            WriteEscaped(exception.ToString(), output);
        }

        output.Write('\n');
    }

    /// <summary>The sink calls one at a time, and most calls fall into the same second as the one before.</summary>
    private string Time(DateTimeOffset time)
    {
        var second = time.Ticks / TimeSpan.TicksPerSecond;
        if (second != _second)
        {
            var offset = time.Offset;
            _time = string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd'T'HH:mm:ss}{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hhmm}");
            _second = second;
        }

        return _time;
    }

    private static string? Level(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose => "trace",
        LogEventLevel.Debug => "debug",
        LogEventLevel.Warning => "warn",
        LogEventLevel.Error => "error",
        LogEventLevel.Fatal => "critical",
        _ => null,
    };

    private static void WriteEscaped(ReadOnlySpan<char> text, TextWriter output)
    {
        text = text.TrimEnd('\n');
        while (text.IndexOfAny(_special) is >= 0 and var at)
        {
            output.Write(text[..at]);
            if (text[at] == '\n')
                output.Write("\n\t");
            else if (text[at] == '\t')
                output.Write('\t');
            else if (text[at] != '\r' || at + 1 == text.Length || text[at + 1] != '\n')
                output.Write(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)text[at]:x4}"));
            text = text[(at + 1)..];
        }

        output.Write(text);
    }
}
