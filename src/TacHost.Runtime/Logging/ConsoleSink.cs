using System.Globalization;

namespace TacHost.Logging;

/// <summary>Writes lines to standard output, in the order in which they come, and holds nobody up.</summary>
/// <param name="output">Unbuffered.</param>
/// <param name="notice">Makes a log line of what this sink itself has to say, or null.</param>
internal sealed class ConsoleSink(Stream output, Func<string, byte[]>? notice = null) : ILogSink
{
    /// <summary>Gets where lines go, for what else is printed there.</summary>
    public QueuedOutput Output { get; } = new(output, describeLoss: notice is null ? null : lost => notice(string.Create(CultureInfo.InvariantCulture, $"Standard output was not read. Lines lost here: {lost}.")));

    public long LostLines => Output.Lost;

    public void Write(in LogLine line) => Output.Write(line.Bytes);

    public void Flush() => Output.Flush();

    public void Dispose() => Output.Dispose();
}
