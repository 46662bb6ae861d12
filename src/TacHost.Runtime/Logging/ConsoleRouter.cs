using System.Text;
using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>Sends printed lines to the log of the application that prints them, for a process with several applications.</summary>
/// <remarks>
/// The application is remembered by the execution context, which flows into tasks, timers and threads that its code starts. Lines printed elsewhere go
/// where they went before. A process with one application does without, because the context costs a little in every task.
/// </remarks>
internal sealed class ConsoleRouter : IDisposable
{
    private readonly AsyncLocal<ConsoleRoute?> _current = new();
    private readonly TextWriter _out = Console.Out;
    private readonly TextWriter _error = Console.Error;

    /// <summary>Begins to route.</summary>
    public ConsoleRouter()
    {
        Console.SetOut(new RoutedWriter(() => _current.Value?.Out ?? _out));
        Console.SetError(new RoutedWriter(() => _current.Value?.Error ?? _error));
    }

    /// <summary>Creates the route to a log.</summary>
    public ConsoleRoute CreateRoute(ILoggerFactory loggers) => new(loggers, _out, _error);

    /// <summary>Makes the code that follows in this execution context print to a route, or with null to where the process prints.</summary>
    public void Enter(ConsoleRoute? route) => _current.Value = route;

    /// <summary>Ends the routing.</summary>
    public void Dispose()
    {
        Console.SetOut(_out);
        Console.SetError(_error);
    }

    /// <summary>Passes everything on to the writer of the moment.</summary>
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

/// <summary>The writers whose lines go to the log of one application.</summary>
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

    /// <summary>Logs lines that have not ended yet.</summary>
    public void EndLines()
    {
        _out.EndLine();
        _error.EndLine();
    }
}
