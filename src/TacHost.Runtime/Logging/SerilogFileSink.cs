using System.Text;
using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Sinks.File;

namespace TacHost.Logging;

/// <summary>Serilog's file sink, driven so that it writes into a <see cref="RotatingLogFile"/>.</summary>
/// <remarks>
/// The sink's own rolling gives the newest old file the highest number, deletes the plain name first and looks at the size after the write; its lifecycle
/// hooks let another stream take the place of the file that it has opened (ADR 6). Lines come here finished, and pass through as bytes.
/// </remarks>
internal sealed class SerilogFileSink(string path, RotatingLogFile file) : ILogSink
{
    private const string LineProperty = "Line";

    private static readonly MessageTemplate _noTemplate = new([]);

    private readonly ILogEventSink _serilog = Sink(path, new AsItIs(), new TakeOver(file));

    public long LostLines => file.LostLines;

    /// <summary>Loads Serilog, with a line that goes nowhere.</summary>
    public static void WarmUp()
    {
        var serilog = Sink("/dev/null", new Nothing(), new Nowhere());
        serilog.Emit(new Serilog.Events.LogEvent(default, LogEventLevel.Information, null, _noTemplate, [new LogEventProperty(LineProperty, new ScalarValue(null))]));
        (serilog as IDisposable)?.Dispose();
    }

    public void Write(in LogLine line)
    {
        // Serilog's levels are those of Microsoft.Extensions.Logging, in the same order.
        var level = (LogEventLevel)line.Level;
        try
        {
            _serilog.Emit(new Serilog.Events.LogEvent(line.Time, level, null, _noTemplate, [new LogEventProperty(LineProperty, new ScalarValue(line.Bytes.ToArray()))]));
        }
        catch (ObjectDisposedException)
        {
            // A line that comes after the last one is lost, and nobody who logs it has to know.
        }
    }

    public void Flush() => file.Flush();

    public void Dispose() => (_serilog as IDisposable)?.Dispose();

    /// <summary>The sink itself, without the pipeline of a Serilog logger around it, which would have nothing to do here but to be loaded.</summary>
    private static ILogEventSink Sink(string path, ITextFormatter formatter, FileLifecycleHooks hooks) =>
        LoggerSinkConfiguration.CreateSink(to => to.File(formatter, path, fileSizeLimitBytes: null, hooks: hooks));

    /// <summary>Writes a finished line past the text writer, which would only decode and encode it again.</summary>
    private sealed class AsItIs : ITextFormatter
    {
        public void Format(Serilog.Events.LogEvent logEvent, TextWriter output)
        {
            var line = (byte[])((ScalarValue)logEvent.Properties[LineProperty]).Value!;
            var stream = (RotatingLogFileStream)((StreamWriter)output).BaseStream;
            stream.WriteLine(new LogLine(logEvent.Timestamp, (Microsoft.Extensions.Logging.LogLevel)logEvent.Level, line));
        }
    }

    private sealed class Nothing : ITextFormatter
    {
        public void Format(Serilog.Events.LogEvent logEvent, TextWriter output)
        {
        }
    }

    private sealed class Nowhere : FileLifecycleHooks
    {
        public override Stream OnFileOpened(string path, Stream underlyingStream, Encoding encoding)
        {
            underlyingStream.Dispose();
            return Stream.Null;
        }
    }

    /// <summary>Lets go of the file that the sink has opened, and gives it ours.</summary>
    private sealed class TakeOver(RotatingLogFile file) : FileLifecycleHooks
    {
        public override Stream OnFileOpened(string path, Stream underlyingStream, Encoding encoding)
        {
            underlyingStream.Dispose();
            return new RotatingLogFileStream(file);
        }
    }
}
