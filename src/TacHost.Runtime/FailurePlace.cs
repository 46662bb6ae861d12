using System.Diagnostics;
using TacHost.Loading;

namespace TacHost;

/// <summary>The location of an exception in the code of a tac file or a plugin, not in the host or a library.</summary>
internal sealed class FailurePlace
{
    /// <summary>The kernel counts the start of a process in ticks of a clock that it does not use for files.</summary>
    private static readonly TimeSpan _precision = TimeSpan.FromMilliseconds(100);

    private readonly StackFrame? _frame;

    private FailurePlace(StackFrame? frame) => _frame = frame;

    /// <summary>Finds the innermost frame in the code of a tac file or a plugin. Inner exceptions have priority.</summary>
    public static FailurePlace Of(Exception exception)
    {
        StackFrame? found = null;
        for (var each = exception; each is not null; each = each.InnerException)
        {
            foreach (var frame in new StackTrace(each, fNeedFileInfo: true).GetFrames())
            {
                if (frame.GetFileLineNumber() > 0 && frame.GetFileName() is not null && IsolatedLoadContext.IsMainCode(frame.GetMethod()?.Module.Assembly))
                {
                    found = frame;
                    break;
                }
            }
        }

        return new FailurePlace(found);
    }

    public SourcePlace? Place => SourcePlace.Of(_frame);

    /// <summary>Returns the finding of an exception that the code of a tac file threw.</summary>
    public static IReadOnlyList<Finding> FindingsOf(Exception exception, string rule, int exitCode) => Of(exception).Place is { } place
        ? [new Finding(rule, rule == "exception" ? $"{RootCause.Of(exception).GetType().Name}: {FailureText.MessageOf(RootCause.Of(exception))}" : exception.Message) { File = place.File, Line = place.Line, Column = place.Column, ExitCode = exitCode }]
        : [];

    /// <summary>Returns a text such as <c> at poem.csx:line 4</c>, or an empty string.</summary>
    public override string ToString() => _frame is null ? "" : $" at {Path.GetFileName(_frame.GetFileName())}:line {_frame.GetFileLineNumber()}";

    /// <summary>Returns the source line with a caret. Returns an empty string if the file cannot be read or has changed since the start.</summary>
    public string Source()
    {
        if (_frame?.GetFileName() is not { } file || !File.Exists(file))
            return "";
        try
        {
            using var process = Process.GetCurrentProcess();
            if (File.GetLastWriteTimeUtc(file) > process.StartTime.ToUniversalTime() + _precision)
                return "";
            return File.ReadLines(file).Skip(_frame.GetFileLineNumber() - 1).FirstOrDefault() is { } line ? SourceLine.WithCaret(line, _frame.GetFileColumnNumber() - 1) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return "";
        }
    }
}
