using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>What a tac or a library prints becomes log lines of the categories <c>stdout</c> and <c>stderr</c>, as in twistd.</summary>
/// <remarks>Only what is printed through <see cref="Console"/>. For the rest there is <see cref="LogOptions.TakesStandardStreams"/>.</remarks>
internal sealed class ConsoleCapture : IDisposable
{
    private readonly TextWriter _out = Console.Out;
    private readonly TextWriter _error = Console.Error;
    private readonly CapturedWriter _capturedOut;
    private readonly CapturedWriter _capturedError;

    /// <summary>Makes .NET find out how the console is encoded.</summary>
    public static void WarmUp() => (_, _) = (Console.Out, Console.Error);

    /// <summary>Begins.</summary>
    public ConsoleCapture(ILoggerFactory loggers)
    {
        var (stdout, stderr) = (loggers.CreateLogger("stdout"), loggers.CreateLogger("stderr"));
        _capturedOut = new CapturedWriter(line => HostLog.Printed(stdout, line), _out);
        _capturedError = new CapturedWriter(line => HostLog.PrintedAsError(stderr, line), _error);
        Console.SetOut(_capturedOut);
        Console.SetError(_capturedError);
    }

    /// <summary>Ends, with the last line as far as it went.</summary>
    public void Dispose()
    {
        Console.SetOut(_out);
        Console.SetError(_error);
        _capturedOut.EndLine();
        _capturedError.EndLine();
    }
}
