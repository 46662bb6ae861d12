using Microsoft.Extensions.Logging;
using Serilog;
using Serilog.Core;

namespace TacHost.Logging;

/// <summary>The log of this process, from the loggers of the tree down to the file or the terminal.</summary>
internal sealed class LogOutput : IDisposable
{
    private readonly Logger _sink;
    private readonly RotatingFileHooks? _hooks;

    private LogOutput(Logger sink, RotatingFileHooks? hooks)
    {
        (_sink, _hooks) = (sink, hooks);
        Factory = new LoggerFactory([new SinkProvider(sink)]);
        Host = Factory.CreateLogger("-");
        AppDomain.CurrentDomain.UnhandledException += OnUnhandledException;
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    /// <summary>Makes the loggers of the tree.</summary>
    public ILoggerFactory Factory { get; }

    /// <summary>The logger of the host itself, whose category is '-' as in twistd's log.</summary>
    public Microsoft.Extensions.Logging.ILogger Host { get; }

    /// <summary>Opens the log.</summary>
    /// <exception cref="TacHostException">The file cannot be written.</exception>
    public static LogOutput Open(LogOptions options)
    {
        if (options.File is not { } path)
            return new LogOutput(new LoggerConfiguration().WriteTo.Console(new LineFormatter()).CreateLogger(), null);

        ProbeFile(path);
        var hooks = new RotatingFileHooks(options.FileSize, options.FilesKept, Notice);
        var sink = new LoggerConfiguration()
            .WriteTo.File(new LineFormatter(), path, fileSizeLimitBytes: null, hooks: hooks)
            .CreateLogger();
        return new LogOutput(sink, hooks);
    }

    /// <summary>Puts everything logged so far where it can be read.</summary>
    public void WriteOut() => _hooks?.File?.WriteOut();

    /// <summary>Writes what is pending and closes the log.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandledException;
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        Factory.Dispose();
        _sink.Dispose();
    }

    /// <summary>Serilog's sinks keep their failures to themselves, and this one must be told.</summary>
    private static void ProbeFile(string path)
    {
        try
        {
            File.Open(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var reason = e switch
            {
                DirectoryNotFoundException => "its directory does not exist. Make it, or name another file with --logfile.",
                UnauthorizedAccessException when Directory.Exists(path) => "it is a directory. Name a file in it with --logfile.",
                UnauthorizedAccessException => "this user may not write there. Name another file with --logfile.",
                _ => e.Message,
            };
            throw new TacHostException(ExitCode.CannotCreate, $"cannot write the log '{path}': {reason}", e);
        }
    }

    private static string Notice(string text)
    {
        using var line = new StringWriter();
        new LineFormatter().Format(SinkProvider.Event(LogLevel.Error, "-", text, null), line);
        return line.ToString();
    }

    private void OnUnhandledException(object sender, UnhandledExceptionEventArgs e)
    {
        HostLog.Unhandled(Host, e.ExceptionObject as Exception);
        WriteOut();
    }

    private void OnProcessExit(object? sender, EventArgs e) => WriteOut();
}
