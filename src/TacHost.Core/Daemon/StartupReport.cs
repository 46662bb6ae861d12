using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Daemon;

/// <summary>The report of a daemon to its parent process through a pipe: either success, or the reason of a failure.</summary>
/// <remarks>One line with the exit code, then the text of the error, or what else is to be shown, up to the end of the pipe. "0" means running, and "-1" that the text is all that was asked for.</remarks>
internal sealed class StartupReport(SafeFileHandle pipe) : IDisposable
{
    /// <summary>The value instead of an exit code if the text is output and nothing runs.</summary>
    public const int Answer = -1;

    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Reports that the application is running. The parent may exit after showing the text.</summary>
    public void Running(string text) => Send(ExitCode.Success, text);

    /// <summary>The arguments requested output instead of a run.</summary>
    public void Answered(string text) => Send(Answer, text);

    public void Failed(int exitCode, string message) => Send(exitCode, message);

    /// <summary>Executes the work of a process that only reports, and reports its failure.</summary>
    /// <param name="program">The program, for the report of a defect.</param>
    /// <param name="work">The work. Reports its own success.</param>
    /// <returns>The exit code.</returns>
    public int Guard(string program, Func<int> work)
    {
        try
        {
            return work();
        }
        catch (TacHostException e)
        {
            Failed(e.ExitCode, e.Message);
            return e.ExitCode;
        }
        catch (Exception e)
        {
            Failed(ExitCode.Software, $"a defect in the {program}, please report it: {e}");
            return ExitCode.Software;
        }
    }

    /// <summary>Closes the pipe. Closing it without a report means a failure.</summary>
    public void Dispose() => pipe.Dispose();

    /// <summary>Reads the report until the writer closes the pipe.</summary>
    /// <param name="pipe">The reading end.</param>
    /// <param name="timeout">The time limit.</param>
    /// <param name="interrupted">Ends the wait.</param>
    /// <param name="report">The report, or null if the pipe was closed without one.</param>
    /// <returns>True if the pipe was closed in time.</returns>
    public static bool TryRead(SafeFileHandle pipe, TimeSpan timeout, CancellationToken interrupted, out (int ExitCode, string Message)? report)
    {
        report = null;
        var began = Stopwatch.GetTimestamp();
        using MemoryStream text = new();
        using FileStream stream = new(pipe, FileAccess.Read, bufferSize: 0);
        var buffer = new byte[4096];
        while (!interrupted.IsCancellationRequested && Stopwatch.GetElapsedTime(began) <= timeout)
        {
            if (!Polling.WaitForInput(pipe, _pollInterval))
                continue;
            var count = stream.Read(buffer);
            if (count == 0)
            {
                report = Read(text.ToArray());
                return true;
            }

            text.Write(buffer, 0, count);
        }

        return false;
    }

    /// <summary>Parses the data from the pipe. Returns null if the data is not a report.</summary>
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
            // The parent process was killed. The daemon continues.
        }
    }
}
