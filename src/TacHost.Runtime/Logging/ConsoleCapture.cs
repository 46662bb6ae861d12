using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>What a tac or a library prints becomes log lines of the categories <c>stdout</c> and <c>stderr</c>, as in twistd.</summary>
/// <remarks>
/// Only what is printed through <see cref="Console"/>. For the rest there is <see cref="LogOptions.TakesStandardStreams"/>.
/// .NET's own writers are not asked for, since they would first find out how the console is encoded, which nobody needs here.
/// </remarks>
internal sealed class ConsoleCapture : IDisposable
{
    private readonly Lazy<TextWriter> _out = new(() => WriterTo(Console.OpenStandardOutput));
    private readonly Lazy<TextWriter> _error = new(() => WriterTo(Console.OpenStandardError));
    private readonly CapturedWriter _capturedOut;
    private readonly CapturedWriter _capturedError;

    /// <summary>Begins.</summary>
    public ConsoleCapture(ILoggerFactory loggers)
    {
        var (stdout, stderr) = (loggers.CreateLogger("stdout"), loggers.CreateLogger("stderr"));
        _capturedOut = new CapturedWriter(line => HostLog.Printed(stdout, line), _out);
        _capturedError = new CapturedWriter(line => HostLog.PrintedAsError(stderr, line), _error);
        Console.SetOut(_capturedOut);
        Console.SetError(_capturedError);
    }

    /// <summary>Ends, with the last line as far as it went. From then on, what is printed goes to the standard streams.</summary>
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
            // No descriptor is left, which is no reason for a stop to fail.
            return TextWriter.Null;
        }
    }
}
