using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Logging;

/// <summary>The log of this process, from the loggers of the tree to the file, the terminal or the syslog daemon.</summary>
internal sealed class LogOutput : IDisposable
{
    private const string HostCategory = "-";

    private readonly ILoggerProvider? _provider;
    private ILogSink? _sink;
    private RotatingLogFile? _file;
    private readonly ForkedLogger _host;
    private ConsoleSink? _console;
    private ConsoleCapture? _capture;
    private ILoggerFactory? _ofTheTac;
    private IReadOnlyCollection<ILoggerProvider> _providersOfTheTac = [];

    private LogOutput(LogLevels levels, RecentLines recent, ILoggerFactory factory, ILogSink? sink, ILoggerProvider? provider = null)
    {
        (Levels, Recent, Factory, _sink, _provider) = (levels, recent, factory, sink, provider);
        _host = new ForkedLogger(Factory.CreateLogger(HostCategory));
        AppDomain.CurrentDomain.UnhandledException += OnUnhandledException;
        TaskScheduler.UnobservedTaskException += OnUnobservedTaskException;
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    /// <summary>Gets the least severe level of each category. It may be changed while the process runs.</summary>
    public LogLevels Levels { get; }

    /// <summary>Gets the last lines.</summary>
    public RecentLines Recent { get; }

    /// <summary>Gets the factory that creates the loggers of the tree.</summary>
    public ILoggerFactory Factory { get; }

    /// <summary>Gets the logger of the host itself, whose category is '-' as in twistd's log.</summary>
    public ILogger Host => _host;

    /// <summary>Opens the log.</summary>
    /// <exception cref="TacHostException">The file cannot be written, or the logger type does not exist.</exception>
    public static LogOutput Open(LogOptions options) => options switch
    {
        { LoggerType: { } type } => ToProvider(options, LoggerType.Create(type, options.LoggerDirectories)),
        { Syslog: { } syslog } => ToSyslog(options, syslog),
        { File: { } path } => ToFile(options, path),
        _ => ToConsole(options),
    };

    /// <summary>Executes the code that logs the first line of a start, without any output.</summary>
    public static void WarmUp(string version, string runtime, bool toFile)
    {
        using var sink = new ConsoleSink(Stream.Null);
        LogLevels levels = new(LogLevel.Information, []);
        using (var log = new LogOutput(levels, new RecentLines(), new LineLoggerFactory(new TextLogFormat(), sink, levels), sink))
            HostLog.Starting(log.Host, version, runtime, "");
        if (toFile)
            SerilogFileSink.WarmUp();
    }

    /// <summary>
    /// Creates the logger factory that a tac file requests: its own factory, or this log together with
    /// additional providers. Lines of the host are also logged there, except by a console logger, whose output is captured and would repeat them.
    /// </summary>
    /// <param name="own">The factory, or null. The log disposes it.</param>
    /// <param name="providers">The providers. The log disposes them.</param>
    public ILoggerFactory FactoryFor(ILoggerFactory? own, IReadOnlyCollection<ILoggerProvider> providers)
    {
        return own is null && providers.Count == 0 ? Factory : FactoryWith(own, providers);
    }

    /// <summary>Creates the factory. A separate method, so that a start without loggers of the tac file does not load Microsoft.Extensions.Logging.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private ILoggerFactory FactoryWith(ILoggerFactory? own, IReadOnlyCollection<ILoggerProvider> providers)
    {
        List<ILoggerProvider> others = [.. providers.Where(provider => !ConsoleLoggers.IsProvider(provider.GetType()))];
        _providersOfTheTac = providers;
        _ofTheTac = own ?? new LoggerFactory(others, Filtered(Levels));
        var host = _ofTheTac.CreateLogger(HostCategory);
        if (!ConsoleLoggers.IsIn(host))
            _host.Fork(host);
        if (own is not null)
            return own;
        if (others.Count < providers.Count)
            HostLog.ConsoleLoggerIgnored(Host);
        return new LoggerFactory([new FactoryProvider(Factory), new FactoryProvider(_ofTheTac)], Filtered(Levels));
    }

    /// <summary>Redirects console output to the log. If the log itself is the console, console output uses the same queue as the log.</summary>
    public void CaptureConsole()
    {
        if (_console is null)
        {
            _capture = new ConsoleCapture(Factory);
            return;
        }

        Console.SetOut(new QueuedWriter(_console.Output));
        Console.SetError(new QueuedWriter(new QueuedOutput(StandardStreams.Raw(2))));
    }

    public void EndCapture() => _capture?.Dispose();

    /// <summary>Gets the log file, or null for another destination.</summary>
    public string? FilePath { get; private set; }

    /// <summary>Gets whether the log goes to standard output, where start errors are shown anyway.</summary>
    public bool IsConsole => _console is not null;

    /// <summary>Applies the settings that became known with the tac file. The lines so far are moved to another file.</summary>
    /// <exception cref="TacHostException">The other file cannot be written.</exception>
    public void Settle(LogOptions options)
    {
        if (options.File is { } path && path != FilePath && Factory is LineLoggerFactory lines)
            MoveTo(path, options, lines);
        else
            _file?.Configure(options);
        _file?.Release();
    }

    private void MoveTo(string path, LogOptions options, LineLoggerFactory lines)
    {
        var format = LineFormats.Of(options);
        var file = RotatingLogFile.Open(path, options with { TakesStandardStreams = false }, text => LineFormats.Notice(format, text));
        var sink = SinkFor(file);
        foreach (var line in Recent.After(0))
            sink.Write(new LogLine(line.Time, line.Level, line.Utf8));
        var (oldFile, oldSink, oldConsole) = (_file, _sink, _console);
        (_file, _sink, _console, FilePath) = (file, sink, null, path);
        if (oldConsole is not null)
            HostLog.LogMoved(Host, path);
        Recent.AddsTime = false;
        lines.Redirect(format, sink);
        if (oldConsole is not null)
            CaptureConsole();
        oldFile?.Abandon();
        oldSink?.Dispose();
        if (options.TakesStandardStreams)
            file.TakeStandardStreams();
    }

    /// <summary>Switches to the file that has the log's name now, as logrotate requests with SIGUSR1. Has no effect without a log file.</summary>
    public void Reopen() => _file?.Reopen();

    /// <summary>Gets the directory of the log file and the name of the file in it, or null without a log file.</summary>
    public (OpenDirectory Directory, string Name)? Place => _file?.Place;

    /// <summary>Requires that the log file belongs to root or to the user that the process switches to, if others could have created it.</summary>
    /// <exception cref="TacHostException">The file belongs to another user.</exception>
    public void RequireOwner(uint? user) => _file?.RequireOwner(user);

    /// <summary>Changes the owner of the log files to the identity that must rotate them. Has no effect without log files.</summary>
    /// <exception cref="TacHostException">The operating system refused.</exception>
    public void ChangeOwner(uint user, uint group) => _file?.ChangeOwner(user, group);

    /// <summary>Gets the number of lines that were lost since the start.</summary>
    public long LostLines => _sink?.LostLines ?? 0;

    /// <summary>Flushes the log, so that all lines are readable.</summary>
    public void WriteOut() => _sink?.Flush();

    /// <summary>Writes the pending lines and closes the log.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandledException;
        TaskScheduler.UnobservedTaskException -= OnUnobservedTaskException;
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        _host.Fork(null);
        _ofTheTac?.Dispose();
        foreach (var provider in _providersOfTheTac)
            provider.Dispose(); // a factory does not dispose the providers passed to it
        Factory.Dispose();
        _provider?.Dispose();
        _sink?.Dispose();
    }

    // Each destination has its own method, so that none loads the types of another.
    private static LogOutput ToProvider(LogOptions options, ILoggerProvider provider)
    {
        var levels = LevelsOf(options);
        RecentLines recent = new();
        FactoryProvider remembering = new(new LineLoggerFactory(new TextLogFormat(), null, levels) { Recent = recent });
        return new LogOutput(levels, recent, new LoggerFactory([provider, remembering], Filtered(levels)), null, provider);
    }

    private static LogOutput ToFile(LogOptions options, string path)
    {
        var format = LineFormats.Of(options);
        var file = options.IsChosen
            ? RotatingLogFile.Open(path, options, text => LineFormats.Notice(format, text))
            : RotatingLogFile.OpenHeld(path, options, text => LineFormats.Notice(format, text));
        var sink = SinkFor(file);
        var levels = LevelsOf(options);
        RecentLines recent = new();
        return new LogOutput(levels, recent, new LineLoggerFactory(format, sink, levels) { Recent = recent }, sink) { _file = file, FilePath = path };
    }

    /// <summary>Returns the sink for a file. A pipe or a device cannot use the file sink, which would wait for the other end or create its own file.</summary>
    private static ILogSink SinkFor(RotatingLogFile file) => file.IsRegular ? new SerilogFileSink(file) : file;

    private static LogOutput ToSyslog(LogOptions options, SyslogOptions syslog)
    {
        var format = LineFormats.Of(options, withTime: false);
        var sink = new SyslogSink(syslog, text => LineFormats.Notice(format, text));
        var levels = LevelsOf(options);
        RecentLines recent = new(addsTime: options.Format == LogFormat.Text);
        return new LogOutput(levels, recent, new LineLoggerFactory(format, sink, levels) { Recent = recent }, sink);
    }

    private static LogOutput ToConsole(LogOptions options)
    {
        using var stdout = new SafeFileHandle(1, ownsHandle: false);
        var isJournal = JournalStream.IsAt(stdout, Environment.GetEnvironmentVariable("JOURNAL_STREAM"));
        var format = LineFormats.Of(options, withTime: !isJournal);
        ConsoleSink console = new(StandardStreams.Raw(1), text => isJournal ? JournalStream.Prefixed(LogLevel.Error, LineFormats.Notice(format, text)) : LineFormats.Notice(format, text));
        ILogSink sink = isJournal ? new JournalStream(console) : console;
        var levels = LevelsOf(options);
        RecentLines recent = new(addsTime: isJournal && options.Format == LogFormat.Text);
        return new LogOutput(levels, recent, new LineLoggerFactory(format, sink, levels) { Recent = recent }, sink) { _console = console };
    }

    private static LogLevels LevelsOf(LogOptions options) => new(options.MinimumLevel, options.Levels);

    /// <summary>Returns filters that look up the level for each line, so that it can be changed.</summary>
    private static LoggerFilterOptions Filtered(LogLevels levels) =>
        new() { MinLevel = LogLevel.Trace, Rules = { new LoggerFilterRule(null, null, null, (_, category, level) => levels.IsEnabled(category, level)) } };

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
