using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Daemon;

/// <summary>What a daemon tells the process that started it, through a pipe: that it runs, or why it does not.</summary>
/// <remarks>One line with the exit code, then the text of the error, or what else is to be shown, up to the end of the pipe. "0" means running, and "-1" that the text is all that was asked for.</remarks>
internal sealed class StartupReport(SafeFileHandle pipe) : IDisposable
{
    /// <summary>In place of an exit code: the text is to be printed, and nothing runs.</summary>
    public const int Answer = -1;

    /// <summary>The application runs; the waiting process may go, once it has shown a text.</summary>
    public void Running(string text) => Send(ExitCode.Success, text);

    /// <summary>The words asked for something to be printed, and for no run.</summary>
    public void Answered(string text) => Send(Answer, text);

    /// <summary>The application does not run.</summary>
    public void Failed(int exitCode, string message) => Send(exitCode, message);

    /// <summary>Closes the pipe; without a report before, that alone tells of a failure.</summary>
    public void Dispose() => pipe.Dispose();

    /// <summary>What came through the pipe, in its parts. Null if that was no report.</summary>
    public static (int ExitCode, string Message)? Read(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var lineEnd = text.IndexOf('\n', StringComparison.Ordinal);
        if (lineEnd < 0 || !int.TryParse(text.AsSpan(0, lineEnd), CultureInfo.InvariantCulture, out var exitCode))
            return null;
        return (exitCode, text[(lineEnd + 1)..]);
    }

    private void Send(int exitCode, string message)
    {
        if (pipe.IsClosed)
            return;
        try
        {
            using var stream = new FileStream(pipe, FileAccess.Write, bufferSize: 0);
            stream.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{exitCode}\n{message}")));
        }
        catch (IOException)
        {
            // Nobody waits any more: the process that started us was killed, which is no reason to stop.
        }
    }
}
