using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using TacHost.Daemon;
using TacHost.Logging;

namespace TacHost.Hosting;

/// <summary>Loads, on a thread of its own, what every start needs a moment later: cultures, the log, threads, addresses.</summary>
/// <remarks>
/// It begins before the command line is read, and therefore knows little of what is asked for. It leaves nothing behind, and what fails here fails again, and
/// is told, where it is needed. 9 ms less to the first poem where there are two processors.
/// </remarks>
internal static class Warmup
{
    /// <summary>Begins, if this looks like a process that will serve.</summary>
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
            // There may be no further thread, and the start goes without.
        }
    }

    /// <summary>Whether an option seems to be given, in one of its forms. A wrong guess costs some work for nothing.</summary>
    private static bool IsGiven(string[] args, string asLetter, string asPrefix) =>
        Array.Exists(args, arg => arg.StartsWith(asLetter, StringComparison.Ordinal) || arg.StartsWith(asPrefix, StringComparison.Ordinal));

    private static void Run(bool toFile)
    {
        try
        {
            // .NET's own code for text loads types for vectors of every width; its cultures, those of ICU.
            _ = Encoding.UTF8.GetString("text"u8).IndexOf('\n');
            _ = CultureInfo.InvariantCulture;
            LogOutput.WarmUp(HostVersion.Text, RuntimeInformation.FrameworkDescription, toFile);
            ThreadPool.UnsafeQueueUserWorkItem(_ => { }, null);
            _ = new IPEndPoint(IPAddress.Loopback, 0).ToString();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            // No descriptor left, no /dev/null, or no further thread: nobody would catch it here, and the process would end without a word of ours.
        }
    }
}
