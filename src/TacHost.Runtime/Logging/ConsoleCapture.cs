using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>Converts the console output of a tac file or a library to log lines of the categories <c>stdout</c> and <c>stderr</c>, as in twistd.</summary>
/// <remarks>
/// Captures only output through <see cref="Console"/>. <see cref="LogOptions.TakesStandardStreams"/> handles other output.
/// Does not use the default writers, because they would first determine the encoding of the console, which is not needed.
/// </remarks>
internal sealed class ConsoleCapture : IDisposable
{
    private readonly Lazy<TextWriter> _out = new(() => WriterTo(Console.OpenStandardOutput));
    private readonly Lazy<TextWriter> _error = new(() => WriterTo(Console.OpenStandardError));
    private readonly CapturedWriter _capturedOut;
    private readonly CapturedWriter _capturedError;

    public ConsoleCapture(ILoggerFactory loggers)
    {
        var (stdout, stderr) = (loggers.CreateLogger("stdout"), loggers.CreateLogger("stderr"));
        _capturedOut = new CapturedWriter(line => HostLog.Printed(stdout, line), _out);
        _capturedError = new CapturedWriter(line => HostLog.PrintedAsError(stderr, line), _error);
        Console.SetOut(_capturedOut);
        Console.SetError(_capturedError);
    }

    /// <summary>Ends the capture, and logs an incomplete last line. Further output goes to the standard streams.</summary>
    public void Dispose()
    {
        Console.SetOut(_out.Value);
        Console.SetError(_error.Value);
        _capturedOut.EndLine();
        _capturedError.EndLine();
    }

    private static TextWriter WriterTo(Func<Stream> open)
    {
        try
        {
            return new StreamWriter(open()) { AutoFlush = true };
        }
        catch (IOException)
        {
            // No descriptor is available. The stop must not fail because of this.
            return TextWriter.Null;
        }
    }
}
