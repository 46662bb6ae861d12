using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>The log format for people: <c>2026-11-23T13:11:35+0000 [fastpoetry/PoetryFactory] text</c>.</summary>
/// <remarks>
/// The time is local, as in twistd. Levels other than Information follow the category after a '#'. Further lines of a text or an exception begin with a
/// tab. Other control characters are escaped, so that a peer cannot forge a line or control a terminal.
/// </remarks>
/// <param name="withScopes">True to write the scopes before the text, each followed by an arrow.</param>
/// <param name="withTime">True to begin the line with the time, which the journal and syslog daemons add themselves.</param>
internal sealed class TextLogFormat(bool withTime = true, bool withScopes = false) : ILineFormat
{
    /// <summary>The formatted last second, because most lines are in the same second as the previous one.</summary>
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
        if (withScopes && logEvent.Scopes is { } scopes)
            WriteScopes(scopes, output);
        WriteEscaped(logEvent.Message, output);
        if (logEvent.Exception is { } exception)
        {
            output.Write("\n\t"u8);
            WriteEscaped(exception.ToString(), output);
        }

        output.Write("\n"u8);
    }

    private static void WriteScopes(IReadOnlyList<object> scopes, IBufferWriter<byte> output)
    {
        foreach (var scope in scopes)
        {
            // Unlike a message with values, a dictionary has no meaningful ToString.
            var text = scope is IEnumerable<KeyValuePair<string, object?>> values && (scope is System.Collections.IDictionary || scope is KeyValuePair<string, object?>[])
                ? string.Join(", ", values.Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Key}={value.Value}")))
                : Convert.ToString(scope, CultureInfo.InvariantCulture);
            WriteEscaped(text, output);
            output.Write(" => "u8);
        }
    }

    private byte[] TimeText(DateTimeOffset time)
    {
        var (number, offset) = (time.Ticks / TimeSpan.TicksPerSecond, time.Offset);
        var last = _lastSecond;
        if (last.Number == number && last.Offset == offset)
            return last.Text;
        _lastSecond = new Second(number, offset, Utf8Of(time));
        return _lastSecond.Text;
    }

    /// <summary>Returns the time as a line begins with it, including the space.</summary>
    public static byte[] Utf8Of(DateTimeOffset time) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-ddTHH:mm:ss}{(time.Offset < TimeSpan.Zero ? '-' : '+')}{time.Offset:hhmm} "));

    private static int IndexOfSpecial(ReadOnlySpan<char> text)
    {
        for (var from = 0; text[from..].IndexOfAnyExceptInRange(' ', '~') is >= 0 and var next; from++)
        {
            from += next;
            if (UnsafeText.IsUnsafe(text[from]))
                return from;
        }

        return -1;
    }

    private static void WriteEscaped(ReadOnlySpan<char> text, IBufferWriter<byte> output)
    {
        text = text.TrimEnd('\n');
        while (IndexOfSpecial(text) is >= 0 and var at)
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
