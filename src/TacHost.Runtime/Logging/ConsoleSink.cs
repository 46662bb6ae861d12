using System.Globalization;

namespace TacHost.Logging;

/// <summary>A sink that writes lines to standard output in order, without blocking the callers.</summary>
/// <param name="output">The unbuffered stream.</param>
/// <param name="notice">Creates a log line for a message of this sink, or null.</param>
internal sealed class ConsoleSink(Stream output, Func<string, byte[]>? notice = null) : ILogSink
{
    /// <summary>Gets the queued output, which other console output also uses.</summary>
    public QueuedOutput Output { get; } = new(output, describeLoss: notice is null ? null : lost => notice(string.Create(CultureInfo.InvariantCulture, $"Standard output was not read. Lines lost here: {lost}.")));

    public long LostLines => Output.Lost;

    public void Write(in LogLine line) => Output.Write(line.Bytes);

    public void Flush() => Output.Flush();

    public void Dispose() => Output.Dispose();
}
