namespace TacHost.Logging;

/// <summary>A destination for formatted log lines. Thread-safe, never throws, and never blocks for long.</summary>
internal interface ILogSink : IDisposable
{
    /// <summary>Gets the number of lines that were dropped since the start, because the destination did not accept them.</summary>
    long LostLines { get; }

    void Write(in LogLine line);

    /// <summary>Writes pending lines, when the process is about to exit.</summary>
    void Flush();
}
