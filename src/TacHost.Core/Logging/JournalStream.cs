using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Logging;

/// <summary>A sink that writes to systemd's journal through standard output. Each line begins with its level, as in sd-daemon(3).</summary>
internal sealed class JournalStream(ILogSink console) : ILogSink
{
    public long LostLines => console.LostLines;

    /// <summary>
    /// Returns true if a stream is connected to the journal. <c>JOURNAL_STREAM</c> contains the device and inode of the stream that systemd has created.
    /// </summary>
    public static bool IsAt(SafeFileHandle stream, string? journalStream) =>
        journalStream is not null && FileStatusOf.Open(stream) is { } status
        && journalStream == string.Create(CultureInfo.InvariantCulture, $"{DeviceNumber(status)}:{status.Inode}");

    /// <summary>Returns a text for standard error. If the stream is connected to the journal, each line begins with the error level.</summary>
    public static string AsErrorIfThere(string text)
    {
        using var stderr = new SafeFileHandle(2, ownsHandle: false);
        if (!IsAt(stderr, Environment.GetEnvironmentVariable("JOURNAL_STREAM")))
            return text;
        var prefix = $"<{SyslogSeverity.Of(LogLevel.Error)}>";
        return prefix + text.Replace("\n", "\n" + prefix, StringComparison.Ordinal);
    }

    public static byte[] Prefixed(LogLevel level, ReadOnlySpan<byte> line)
    {
        var prefix = Encoding.ASCII.GetBytes($"<{SyslogSeverity.Of(level)}>");
        var output = new ArrayBufferWriter<byte>(line.Length + 64);
        foreach (var part in line[..^1].Split((byte)'\n'))
        {
            output.Write(prefix);
            output.Write(line[part]);
            output.Write("\n"u8);
        }

        return output.WrittenSpan.ToArray();
    }

    public void Write(in LogLine line) => console.Write(new LogLine(line.Time, line.Level, Prefixed(line.Level, line.Bytes)));

    public void Flush() => console.Flush();

    public void Dispose() => console.Dispose();

    /// <summary>makedev(3).</summary>
    private static ulong DeviceNumber(in FileStatus status)
    {
        var (major, minor) = ((ulong)status.DeviceMajor, (ulong)status.DeviceMinor);
        return ((major & ~0xFFFul) << 32) | ((major & 0xFFF) << 8) | ((minor & ~0xFFul) << 12) | (minor & 0xFF);
    }
}
