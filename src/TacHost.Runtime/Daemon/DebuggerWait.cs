using System.Diagnostics;

namespace TacHost.Daemon;

/// <summary>The wait of <c>--wait-for-debugger</c>.</summary>
internal static class DebuggerWait
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until a debugger is attached, or a signal asks the process to end, whose default action still does that.</summary>
    /// <param name="write">Writes a line to the terminal.</param>
    public static void Run(Action<string> write)
    {
        write($"Process {Environment.ProcessId} waits for a debugger (--wait-for-debugger).{(DiagnosticFiles.AreWanted ? "" : $" Debuggers attach only with {DiagnosticFiles.Variable}=1 in the environment: stop it, and set that.")}\n");
        while (!Debugger.IsAttached)
            BlockingWait.For(Task.Delay(_interval));
    }
}
