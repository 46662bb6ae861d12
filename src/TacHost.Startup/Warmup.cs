using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using TacHost.Daemon;
using TacHost.Logging;

namespace TacHost;

/// <summary>Loads code that every start needs next, on a separate thread: cultures, the log, threads, addresses.</summary>
/// <remarks>
/// Starts before the command line is parsed, so it only guesses the options. It has no side effects. Errors are ignored, because they
/// occur again and are reported where the code is needed. The first poem is served 9 ms earlier with two processors.
/// </remarks>
internal static class Warmup
{
    /// <summary>Starts the warm-up if this process will probably serve.</summary>
    public static void Begin(string[] args)
    {
        var isDaemon = Handover.IsToDaemon;
        if (Environment.ProcessorCount == 1)
            return;
        if (!isDaemon && !IsGiven(args, "-n", "--nod"))
            return;
        var toFile = (isDaemon || IsGiven(args, "-l", "--logf")) && !IsGiven(args, "--sy", "--logger");
        try
        {
            new Thread(() => Run(toFile)) { IsBackground = true, Name = "warm-up" }.Start();
        }
        catch (OutOfMemoryException)
        {
            // If a further thread cannot be started, the start works without the warm-up.
        }
    }

    /// <summary>Returns true if an option seems to be given, in one of its forms. A wrong guess only costs some work.</summary>
    private static bool IsGiven(string[] args, string asLetter, string asPrefix) =>
        Array.Exists(args, arg => arg.StartsWith(asLetter, StringComparison.Ordinal) || arg.StartsWith(asPrefix, StringComparison.Ordinal));

    private static void Run(bool toFile)
    {
        try
        {
            // Text functions load vector types of every width. Cultures load ICU.
            _ = Encoding.UTF8.GetString("text"u8).IndexOf('\n');
            _ = CultureInfo.InvariantCulture;
            LogOutput.WarmUp(HostVersion.Text, RuntimeInformation.FrameworkDescription, toFile);
            ThreadPool.UnsafeQueueUserWorkItem(_ => { }, null);
            _ = new IPEndPoint(IPAddress.Loopback, 0).ToString();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            // No descriptor, /dev/null or further thread is available. An unhandled exception here would end the process without a message.
        }
    }
}
