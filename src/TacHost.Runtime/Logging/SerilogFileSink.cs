using System.Text;
using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Sinks.File;

namespace TacHost.Logging;

/// <summary>Adapts Serilog's file sink so that it writes to a <see cref="RotatingLogFile"/>.</summary>
/// <remarks>
/// The sink's own rolling gives the newest file the highest number, deletes the plain name first, and checks the size only after the write.
/// Its lifecycle hooks can replace the stream of the opened file (ADR 6). The lines are already formatted, and are passed through as bytes.
/// </remarks>
internal sealed class SerilogFileSink(string path, RotatingLogFile file) : ILogSink
{
    private const string LineProperty = "Line";

    private static readonly MessageTemplate _noTemplate = new([]);

    private readonly ILogEventSink _serilog = Sink(path, new AsItIs(), new TakeOver(file));

    public long LostLines => file.LostLines;

    /// <summary>Loads Serilog by writing a line to nowhere.</summary>
    public static void WarmUp()
    {
        var serilog = Sink("/dev/null", new Nothing(), new Nowhere());
        serilog.Emit(new Serilog.Events.LogEvent(default, LogEventLevel.Information, null, _noTemplate, [new LogEventProperty(LineProperty, new ScalarValue(null))]));
        (serilog as IDisposable)?.Dispose();
    }

    public void Write(in LogLine line)
    {
        // Serilog's levels are in the same order as those of Microsoft.Extensions.Logging.
        var level = (LogEventLevel)line.Level;
        try
        {
            _serilog.Emit(new Serilog.Events.LogEvent(line.Time, level, null, _noTemplate, [new LogEventProperty(LineProperty, new ScalarValue(line.Bytes.ToArray()))]));
        }
        catch (ObjectDisposedException)
        {
            // A line logged after the log has been closed is lost. The caller need not know.
        }
    }

    public void Flush() => file.Flush();

    public void Dispose() => (_serilog as IDisposable)?.Dispose();

    /// <summary>Creates the sink without a Serilog logger, whose pipeline would only have to be loaded.</summary>
    private static ILogEventSink Sink(string path, ITextFormatter formatter, FileLifecycleHooks hooks) =>
        LoggerSinkConfiguration.CreateSink(to => to.File(formatter, path, fileSizeLimitBytes: null, hooks: hooks));

    /// <summary>Writes a formatted line directly to the stream, because the text writer would only decode and encode it again.</summary>
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

    /// <summary>Replaces the file that the sink has opened with the rotating file.</summary>
    private sealed class TakeOver(RotatingLogFile file) : FileLifecycleHooks
    {
        public override Stream OnFileOpened(string path, Stream underlyingStream, Encoding encoding)
        {
            underlyingStream.Dispose();
            return new RotatingLogFileStream(file);
        }
    }
}
