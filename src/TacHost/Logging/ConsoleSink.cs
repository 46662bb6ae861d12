namespace TacHost.Logging;

/// <summary>Writes lines to standard output, one at a time.</summary>
/// <param name="output">Unbuffered.</param>
internal sealed class ConsoleSink(Stream output) : ILogSink
{
    private readonly Lock _gate = new();

    public void Write(in LogLine line)
    {
        try
        {
            lock (_gate)
                output.Write(line.Bytes);
        }
        catch (IOException)
        {
            // Whoever read it has gone, or its disk is full: there is nobody left to tell, and the services go on.
        }
    }

    public void Flush()
    {
    }

    public void Dispose()
    {
    }
}
