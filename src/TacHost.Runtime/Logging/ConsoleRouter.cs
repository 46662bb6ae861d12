using System.Text;
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

    /// <summary>Starts the routing.</summary>
    public ConsoleRouter()
    {
        Console.SetOut(new RoutedWriter(() => _current.Value?.Out ?? _out));
        Console.SetError(new RoutedWriter(() => _current.Value?.Error ?? _error));
    }

    /// <summary>Creates the route to a log.</summary>
    public ConsoleRoute CreateRoute(ILoggerFactory loggers) => new(loggers, _out, _error);

    /// <summary>Routes the output of the current execution context. Null restores the output of the process.</summary>
    public void Enter(ConsoleRoute? route) => _current.Value = route;

    /// <summary>Ends the routing.</summary>
    public void Dispose()
    {
        Console.SetOut(_out);
        Console.SetError(_error);
    }

    /// <summary>A writer that forwards to the current target.</summary>
    private sealed class RoutedWriter(Func<TextWriter> target) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => target().Write(value);

        public override void Write(char[] buffer, int index, int count) => target().Write(buffer, index, count);

        public override void Write(ReadOnlySpan<char> buffer) => target().Write(buffer);

        public override void Write(string? value) => target().Write(value);

        public override void WriteLine(string? value) => target().WriteLine(value);

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

    /// <summary>Gets the writer of standard output.</summary>
    public TextWriter Out => _out;

    /// <summary>Gets the writer of standard error.</summary>
    public TextWriter Error => _error;

    /// <summary>Logs incomplete lines.</summary>
    public void EndLines()
    {
        _out.EndLine();
        _error.EndLine();
    }
}
