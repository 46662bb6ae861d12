using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Logging;

/// <summary>The log of this process, from the loggers of the tree down to the file, the terminal or the syslog daemon.</summary>
internal sealed class LogOutput : IDisposable
{
    private readonly ILoggerProvider? _provider;
    private readonly ILogSink? _sink;
    private RotatingLogFile? _file;
    private readonly bool _isConsole;

    private LogOutput(LogOptions options, ILoggerFactory factory, ILogSink? sink, ILoggerProvider? provider = null)
    {
        (Factory, _sink, _provider, _isConsole) = (factory, sink, provider, options.IsConsole);
        Host = Factory.CreateLogger("-");
        AppDomain.CurrentDomain.UnhandledException += OnUnhandledException;
        TaskScheduler.UnobservedTaskException += OnUnobservedTaskException;
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    /// <summary>Makes the loggers of the tree.</summary>
    public ILoggerFactory Factory { get; }

    /// <summary>The logger of the host itself, whose category is '-' as in twistd's log.</summary>
    public ILogger Host { get; }

    /// <summary>Opens the log.</summary>
    /// <exception cref="TacHostException">The file cannot be written, or there is no such logger.</exception>
    public static LogOutput Open(LogOptions options) => options switch
    {
        { LoggerType: { } type } => ToProvider(options, LoggerType.Create(type, options.LoggerDirectories)),
        { Syslog: { } syslog } => ToSyslog(options, syslog),
        { File: { } path } => ToFile(options, path),
        _ => ToConsole(options),
    };

    /// <summary>Does once, without a trace anywhere, what a start does to log its first line.</summary>
    public static void WarmUp(string version, string runtime, bool toFile)
    {
        using var sink = new ConsoleSink(Stream.Null);
        using (var log = new LogOutput(new LogOptions(), new LineLoggerFactory(new TextFormat(), sink), sink))
            HostLog.Starting(log.Host, version, runtime, "");
        if (toFile)
            SerilogFileSink.WarmUp();
    }

    /// <summary>Makes log lines of what is printed from now on; null if printed lines and log lines go to the same place anyway.</summary>
    public ConsoleCapture? CaptureConsole() => _isConsole ? null : new ConsoleCapture(Factory);

    /// <summary>Goes over to the file that has the log's name now, as logrotate asks for with SIGUSR1. Does nothing where there is no file.</summary>
    public void Reopen() => _file?.Reopen();

    /// <summary>Gives the log files to the identity that will have to rotate them. Does nothing where there are none.</summary>
    /// <exception cref="TacHostException">The operating system refused.</exception>
    public void ChangeOwner(uint user, uint group) => _file?.ChangeOwner(user, group);

    /// <summary>Puts everything logged so far where it can be read.</summary>
    public void WriteOut() => _sink?.Flush();

    /// <summary>Writes what is pending and closes the log.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandledException;
        TaskScheduler.UnobservedTaskException -= OnUnobservedTaskException;
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        Factory.Dispose();
        _provider?.Dispose(); // a factory leaves those that it was given alone
        _sink?.Dispose();
    }

    // One method for each destination, so that none loads the types of another.
    private static LogOutput ToProvider(LogOptions options, ILoggerProvider provider) =>
        new(options, new LoggerFactory([provider], new LoggerFilterOptions { MinLevel = options.MinimumLevel }), null, provider);

    private static LogOutput ToFile(LogOptions options, string path)
    {
        var format = Format(options);
        var file = RotatingLogFile.Open(path, options, text => Notice(format, text));

        // A pipe or a device is not for a sink of files, which would wait for its other end or look for its own.
        ILogSink sink = file.IsRegular ? new SerilogFileSink(path, file) : file;
        return new LogOutput(options, new LineLoggerFactory(format, sink, options.MinimumLevel), sink) { _file = file };
    }

    private static LogOutput ToSyslog(LogOptions options, SyslogOptions syslog)
    {
        var format = Format(options, withTime: false);
        var sink = new SyslogSink(syslog, text => Notice(format, text));
        return new LogOutput(options, new LineLoggerFactory(format, sink, options.MinimumLevel), sink);
    }

    private static LogOutput ToConsole(LogOptions options)
    {
        using var stdout = new SafeFileHandle(1, ownsHandle: false);
        var isJournal = JournalStream.IsAt(stdout, Environment.GetEnvironmentVariable("JOURNAL_STREAM"));
        ILogSink console = new ConsoleSink(Console.OpenStandardOutput());
        var sink = isJournal ? new JournalStream(console) : console;
        return new LogOutput(options, new LineLoggerFactory(Format(options, withTime: !isJournal), sink, options.MinimumLevel), sink);
    }

    private static ILineFormat Format(LogOptions options, bool withTime = true) =>
        options.Format == LogFormat.Json ? Json() : new TextFormat(withTime);

    /// <summary>Apart, so that a log of text does not load System.Text.Json: 1 ms and 1 MB.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static JsonFormat Json() => new();

    private static byte[] Notice(ILineFormat format, string text)
    {
        var line = new ArrayBufferWriter<byte>();
        format.Write(new LogEvent(TimeProvider.System.GetLocalNow(), LogLevel.Error, "-", default, text, null, null), line);
        return line.WrittenSpan.ToArray();
    }

    private void OnUnhandledException(object sender, UnhandledExceptionEventArgs e)
    {
        HostLog.Unhandled(Host, e.ExceptionObject as Exception);
        WriteOut();
    }

    private void OnUnobservedTaskException(object? sender, UnobservedTaskExceptionEventArgs e) => HostLog.Unobserved(Host, e.Exception.InnerException ?? e.Exception);

    private void OnProcessExit(object? sender, EventArgs e)
    {
        HostLog.EndedFromWithin(Host);
        WriteOut();
    }
}
