using System.Diagnostics;
using TacHost.Loading;

namespace TacHost;

/// <summary>The place in a tac or a plugin at which an exception passed: the author's line, and not one of the host or a library.</summary>
internal sealed class FailurePlace
{
    private readonly StackFrame? _frame;

    private FailurePlace(StackFrame? frame) => _frame = frame;

    /// <summary>Finds the innermost frame in the sources of a tac or a plugin; exceptions inside others are looked at first.</summary>
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

    /// <summary>Returns such as <c> at poem.csx:line 4</c>, or nothing.</summary>
    public override string ToString() => _frame is null ? "" : $" at {Path.GetFileName(_frame.GetFileName())}:line {_frame.GetFileLineNumber()}";

    /// <summary>Returns the line of source with a caret, or nothing where the file cannot be read or is not what was compiled any more.</summary>
    public string Source()
    {
        if (_frame?.GetFileName() is not { } file || !File.Exists(file))
            return "";
        try
        {
            using var process = Process.GetCurrentProcess();
            if (File.GetLastWriteTimeUtc(file) > process.StartTime.ToUniversalTime())
                return "";
            return File.ReadLines(file).Skip(_frame.GetFileLineNumber() - 1).FirstOrDefault() is { } line ? SourceLine.WithCaret(line, _frame.GetFileColumnNumber() - 1) : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return "";
        }
    }
}
