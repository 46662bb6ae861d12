using System.Diagnostics;

namespace TacHost;

/// <summary>A line of a source file.</summary>
/// <param name="Path">The absolute path of the file.</param>
/// <param name="Line">The line, beginning with 1.</param>
/// <param name="Column">The column, beginning with 1.</param>
internal sealed record SourcePlace(string Path, int Line, int Column)
{
    /// <summary>Gets the path as it is shown: relative to the working directory if the file is below it.</summary>
    public string File => SourceLine.Shortened(Path);

    /// <summary>Returns the place of a stack frame, or null if the symbols do not contain it.</summary>
    public static SourcePlace? Of(StackFrame? frame) =>
        frame is { } known && known.GetFileLineNumber() > 0 && known.GetFileName() is { } path ? new SourcePlace(path, known.GetFileLineNumber(), known.GetFileColumnNumber()) : null;
}
