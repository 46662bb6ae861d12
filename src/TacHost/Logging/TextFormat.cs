using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>The form for people: <c>2026-11-23T13:11:35+0000 [fastpoetry/PoetryFactory] text</c>.</summary>
/// <remarks>
/// Local time, as twistd writes it. Levels other than information follow the category after a '#'. Further lines of a text,
/// and of an exception, begin with a tab; other control characters are escaped, so that no peer can forge a line or steer a terminal.
/// </remarks>
/// <param name="withTime">Whether the line begins with the time, which the journal and syslog daemons add themselves.</param>
internal sealed class TextFormat(bool withTime = true) : ILineFormat
{
    private static readonly SearchValues<char> _special = SearchValues.Create([.. Enumerable.Range(0, 0x20).Append(0x7F).Concat(Enumerable.Range(0x80, 0x20)).Append(0x2028).Append(0x2029).Select(code => (char)code)]);

    /// <summary>Most lines fall into the same second as the one before.</summary>
    private volatile Second _lastSecond = new(0, TimeSpan.Zero, []);

    public void Write(in LogEvent logEvent, IBufferWriter<byte> output)
    {
        if (withTime)
            output.Write(TimeText(logEvent.Time));
        output.Write("["u8);
        WriteEscaped(logEvent.Category, output);
        if (logEvent.Level != LogLevel.Information)
        {
            output.Write("#"u8);
            Encoding.UTF8.GetBytes(LogLevelName.Of(logEvent.Level), output);
        }

        output.Write("] "u8);
        WriteEscaped(logEvent.Message, output);
        if (logEvent.Exception is { } exception)
        {
            output.Write("\n\t"u8);
            WriteEscaped(exception.ToString(), output);
        }

        output.Write("\n"u8);
    }

    private byte[] TimeText(DateTimeOffset time)
    {
        var (number, offset) = (time.Ticks / TimeSpan.TicksPerSecond, time.Offset);
        var last = _lastSecond;
        if (last.Number == number && last.Offset == offset)
            return last.Text;
        var text = string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd'T'HH:mm:ss}{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hhmm} ");
        _lastSecond = new Second(number, offset, Encoding.ASCII.GetBytes(text));
        return _lastSecond.Text;
    }

    private static void WriteEscaped(ReadOnlySpan<char> text, IBufferWriter<byte> output)
    {
        text = text.TrimEnd('\n');
        while (text.IndexOfAny(_special) is >= 0 and var at)
        {
            Encoding.UTF8.GetBytes(text[..at], output);
            if (text[at] == '\n')
                output.Write("\n\t"u8);
            else if (text[at] == '\t')
                output.Write("\t"u8);
            else if (text[at] != '\r' || at + 1 == text.Length || text[at + 1] != '\n')
                Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)text[at]:x4}"), output);
            text = text[(at + 1)..];
        }

        Encoding.UTF8.GetBytes(text, output);
    }

    private sealed record Second(long Number, TimeSpan Offset, byte[] Text);
}
