using System.Text;

namespace TacHost.CommandLine;

/// <summary>Standard output and standard error, for what the program says itself. A stream that takes nothing changes neither what the program does nor its exit code.</summary>
internal static class Terminal
{
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(2);

    /// <summary>Writes a text to standard output.</summary>
    public static void Write(string text) => Write(Console.OpenStandardOutput, text);

    /// <summary>Writes a text to standard error. A reader who takes nothing is not waited for: an exit code says more to whoever started the program than silence.</summary>
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
            // It is closed, or its disk is full, and there is no other place to say so.
        }
    }
}
