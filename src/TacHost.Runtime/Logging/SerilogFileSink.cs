using System.Globalization;
using System.Text;
using Serilog;
using Serilog.Configuration;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Parsing;
using Serilog.Sinks.File;

namespace TacHost.Logging;

/// <summary>Emits lines as events of Serilog to its file sink, which writes to a <see cref="RotatingLogFile"/>.</summary>
/// <remarks>
/// The message of an event is the line, because all targets of the log share its format. The sink's own rolling gives the newest file the highest number,
/// deletes the plain name first, and checks the size only after the write. Its lifecycle hooks can replace the stream of the opened file (ADR 6).
/// </remarks>
internal sealed class SerilogFileSink : ILogSink
{
    private const string Line = "Line";

    /// <summary>The file that the sink opens before its stream is replaced. By the path of the log, another user could have root open or create any file.</summary>
    private const string Nothing = "/dev/null";

    private static readonly MessageTemplate _template = new([new PropertyToken(Line, "{Line:l}", "l")]);

    private readonly ILogEventSink _serilog;
    private readonly RotatingLogFile? _file;

    /// <summary>Initializes the sink, which closes the file when it is disposed.</summary>
    public SerilogFileSink(RotatingLogFile file)
        : this(new ReplacedStream(() => new RotatingLogFileStream(file))) => _file = file;

    /// <summary>Creates the sink without a Serilog logger, whose pipeline would only have to be loaded.</summary>
    private SerilogFileSink(FileLifecycleHooks hooks) =>
        _serilog = LoggerSinkConfiguration.CreateSink(to => to.File(new LineFormatter(), Nothing, fileSizeLimitBytes: null, hooks: hooks));

    public long LostLines => _file?.LostLines ?? 0;

    /// <summary>Loads Serilog by writing a line to nowhere.</summary>
    public static void WarmUp()
    {
        using SerilogFileSink sink = new(new ReplacedStream(() => Stream.Null));
        sink.Write(new LogLine(default, default, "\n"u8));
    }

    public void Write(in LogLine line)
    {
        // Serilog's levels are in the same order as those of Microsoft.Extensions.Logging.
        LogEventProperty property = new(Line, new ScalarValue(Encoding.UTF8.GetString(line.Bytes)));
        try
        {
            _serilog.Emit(new Serilog.Events.LogEvent(line.Time, (LogEventLevel)line.Level, null, _template, [property]));
        }
        catch (ObjectDisposedException)
        {
            // A line logged after the log has been closed is lost. The caller need not know.
        }
    }

    public void Flush() => _file?.Flush();

    public void Dispose() => (_serilog as IDisposable)?.Dispose();

    private sealed class LineFormatter : ITextFormatter
    {
        public void Format(Serilog.Events.LogEvent logEvent, TextWriter output) => logEvent.RenderMessage(output, CultureInfo.InvariantCulture);
    }

    /// <summary>Replaces the file that the sink has opened.</summary>
    private sealed class ReplacedStream(Func<Stream> replacement) : FileLifecycleHooks
    {
        public override Stream OnFileOpened(string path, Stream underlyingStream, Encoding encoding)
        {
            underlyingStream.Dispose();
            return replacement();
        }
    }
}
