using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>Routes console output to the log of the application that prints it, in a process with several applications.</summary>
/// <remarks>
/// The application is stored in the execution context, which flows into tasks, timers and threads that its code starts. Other output goes
/// to the previous writers. A process with one application does not use this class, because the context has a small cost in every task.
/// </remarks>
internal sealed class ConsoleRouter : IDisposable
{
    private readonly AsyncLocal<ConsoleRoute?> _current = new();
    private readonly TextWriter _out = Console.Out;
    private readonly TextWriter _error = Console.Error;

    public ConsoleRouter()
    {
        Console.SetOut(new RoutedWriter(() => _current.Value?.Out ?? _out));
        Console.SetError(new RoutedWriter(() => _current.Value?.Error ?? _error));
    }

    public ConsoleRoute CreateRoute(ILoggerFactory loggers) => new(loggers, _out, _error);

    /// <summary>Routes the output of the current execution context. Null restores the output of the process.</summary>
    public void Enter(ConsoleRoute? route) => _current.Value = route;

    public void Dispose()
    {
        Console.SetOut(_out);
        Console.SetError(_error);
    }

    /// <summary>A writer that forwards to the current target.</summary>
    private sealed class RoutedWriter(Func<TextWriter> target) : ConsoleWriter
    {
        public override void Write(ReadOnlySpan<char> buffer) => target().Write(buffer);

        public override void Flush() => target().Flush();
    }
}

/// <summary>The writers for the log of an application.</summary>
internal sealed class ConsoleRoute
{
    private readonly CapturedWriter _out;
    private readonly CapturedWriter _error;

    public ConsoleRoute(ILoggerFactory loggers, TextWriter originalOut, TextWriter originalError)
    {
        var (stdout, stderr) = (loggers.CreateLogger("stdout"), loggers.CreateLogger("stderr"));
        _out = new CapturedWriter(line => HostLog.Printed(stdout, line), new Lazy<TextWriter>(originalOut));
        _error = new CapturedWriter(line => HostLog.PrintedAsError(stderr, line), new Lazy<TextWriter>(originalError));
    }

    public TextWriter Out => _out;

    public TextWriter Error => _error;

    public void EndLines()
    {
        _out.EndLine();
        _error.EndLine();
    }
}
