using TacHost.CommandLine;
using TacHost.Logging;

namespace TacHost;

/// <summary>Turns every failure of a program into a message and an exit code.</summary>
internal static class FailureReport
{
    /// <summary>The message for an OutOfMemoryException, which .NET also throws if it cannot start a thread.</summary>
    public const string OutOfThreads = "cannot start a thread: the limit of processes and threads (ulimit -u, systemd's TasksMax=, a container's pids) or of memory is reached. Raise it.";

    /// <summary>Runs the work of a program. The only place that catches everything.</summary>
    /// <param name="work">Reads the command line and executes it. Calls its argument once it is known whether errors come with their stack traces.</param>
    public static int Around(Func<Action<bool>, int> work)
    {
        var debug = false;
        try
        {
            return work(asked => debug = asked);
        }
        catch (TacHostException e)
        {
            Print(e, debug);
            return e.ExitCode;
        }
        catch (OutOfMemoryException e)
        {
            Terminal.WriteError($"tachost: {OutOfThreads}{(debug ? $"\n{e}" : "")}\n");
            return ExitCode.OperatingSystem;
        }
        catch (Exception e)
        {
            Terminal.WriteError($"tachost: a defect in the host, please report it: {e}\n");
            return ExitCode.Software;
        }
    }

    /// <summary>Prints a failure on the terminal, or where standard error leads.</summary>
    public static void Print(TacHostException e, bool debug) =>
        Terminal.WriteError(JournalStream.AsErrorIfThere($"tachost: {SingleLine.EscapeLines(e.TextWith(debug))}") + "\n");
}
