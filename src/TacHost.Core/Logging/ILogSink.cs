namespace TacHost.Logging;

/// <summary>Where finished log lines go. Called by many threads at once; never throws, and never holds anybody up for long.</summary>
internal interface ILogSink : IDisposable
{
    /// <summary>Gets the number of lines that were dropped since the start, because nobody took them.</summary>
    long LostLines { get; }

    /// <summary>Takes a line.</summary>
    void Write(in LogLine line);

    /// <summary>Writes what has not been written yet, for when the process is about to end.</summary>
    void Flush();
}
