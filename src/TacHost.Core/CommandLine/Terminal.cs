using System.Text;

namespace TacHost.CommandLine;

/// <summary>
/// Writes the program's own messages to standard output and standard error. A closed stream or a full disk does not affect the program or its exit code.
/// </summary>
internal static class Terminal
{
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(2);

    public static void Write(string text) => Write(Console.OpenStandardOutput, text);

    /// <summary>
    /// Writes a text to standard error. Waits at most two seconds for a blocked reader, because the
    /// exit code is more useful for the caller than a program that hangs.
    /// </summary>
    public static void WriteError(string text)
    {
        var writing = Task.Factory.StartNew(() => Write(Console.OpenStandardError, text), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Task.WaitAny([writing], _longestWait);
    }

    private static void Write(Func<Stream> open, string text)
    {
        try
        {
            using var stream = open();
            stream.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The stream is closed, or its disk is full. There is no other place to report the error.
        }
    }
}
