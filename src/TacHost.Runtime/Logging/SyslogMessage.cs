using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>A formatter that adds the header of RFC 3164 or RFC 5424 to the lines of an event. Each line becomes a message.</summary>
internal sealed class SyslogMessage(SyslogOptions options)
{
    /// <summary>The maximum length of a text. By default, rsyslog accepts 8 KiB including the header.</summary>
    private const int LongestText = 7 * 1024;

    private readonly string _host = Environment.MachineName;

    /// <summary>Returns the messages in order. The continuation of a split line begins with a tab, as in twistd.</summary>
    public List<byte[]> Of(in LogLine line)
    {
        var header = Encoding.ASCII.GetBytes(Header(line.Time, line.Level));
        List<byte[]> messages = [];
        foreach (var range in line.Bytes[..^1].Split((byte)'\n'))
        {
            var text = line.Bytes[range];
            ReadOnlySpan<byte> mark = [];
            while (text.Length > LongestText)
            {
                var end = LongestText;
                while ((text[end] & 0xC0) == 0x80)
                    end--; // do not split a character
                messages.Add([.. header, .. mark, .. text[..end]]);
                text = text[end..];
                mark = "\t"u8;
            }

            messages.Add([.. header, .. mark, .. text]);
        }

        return messages;
    }

    private string Header(DateTimeOffset time, LogLevel level)
    {
        var priority = ((int)options.Facility * 8) + SyslogSeverity.Of(level);
        return options.Target.Transport == SyslogTransport.Local
            ? string.Create(CultureInfo.InvariantCulture, $"<{priority}>{time:MMM} {time.Day,2} {time:HH:mm:ss} {options.Prefix}[{Environment.ProcessId}]: ")
            : string.Create(CultureInfo.InvariantCulture, $"<{priority}>1 {time:yyyy-MM-dd'T'HH:mm:ss.ffffffzzz} {_host} {options.Prefix} {Environment.ProcessId} - - ");
    }
}
