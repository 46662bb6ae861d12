using Microsoft.Win32.SafeHandles;
using TacHost.Daemon;
using TacHost.Native;

namespace TacHost.Fleet;

/// <summary>Starts the daemon of a deployment and waits for its report. There is no front process between.</summary>
/// <param name="arguments">The command line of the daemon.</param>
/// <param name="prepared">The application.</param>
/// <param name="watch">The watch of the fleet.</param>
/// <param name="leash">The pipe whose end ends the daemon, or null.</param>
internal sealed class UnitStart(IReadOnlyList<string> arguments, PreparedApplication prepared, ProcessWatch watch, SafeFileHandle? leash)
{
    /// <summary>The additional time of a daemon beyond its own timeouts: to start its runtime, and to report.</summary>
    private static readonly TimeSpan _margin = TimeSpan.FromSeconds(20);

    /// <summary>Runs the start, and blocks until the daemon runs or has ended.</summary>
    /// <param name="timeout">The time until the daemon must report.</param>
    /// <param name="grace">The time until it must have ended after a stop.</param>
    /// <param name="onSpawned">Called with the ID of the process.</param>
    /// <param name="stopping">Ends the start.</param>
    /// <returns>The process, or the error.</returns>
    public (UnitProcess? Process, int ExitCode, string Message) Run(TimeSpan timeout, TimeSpan grace, Action<int> onSpawned, CancellationToken stopping)
    {
        using var memory = Handover.MemoryFile();
        var go = Pipe.Create("the daemon's application");
        var report = Pipe.Create("the daemon's report");
        using (report.Read)
        {
            UnitProcess process;
            using (go.Write)
            {
                using (go.Read)
                using (report.Write)
                    process = leash is null ? UnitProcess.Spawn(arguments, watch, memory, report.Write, go.Read) : UnitProcess.Spawn(arguments, watch, memory, report.Write, go.Read, leash);
                onSpawned(process.Id);
                Handover.Write(memory, prepared);
            }

            var isOver = !StartupReport.TryRead(report.Read, timeout + grace + _margin, stopping, out var answer);
            if (answer is (ExitCode.Success, _))
                return (process, ExitCode.Success, "");
            using (process)
            {
                if (isOver)
                    process.Signal(UnitProcess.Terminate);
                if (!process.Ended.AsWaitHandle().WaitOne(grace + _margin))
                    process.Signal(UnitProcess.Kill);
                var status = BlockingWait.Result(process.Ended);
                return answer is var (exitCode, message) ? (null, exitCode, message)
                    : isOver ? (null, ExitCode.TimedOut, stopping.IsCancellationRequested ? "the start was interrupted." : $"the process neither started nor reported an error within {timeout.TotalSeconds:0} s, and has been stopped.")
                    : (null, status is { Signal: 0, Code: var code } ? code : ExitCode.Software, $"the process ended before it was running, {UnitExit.Describe(status)}, and gave no reason.");
            }
        }
    }
}

/// <summary>Describes the end of a process.</summary>
internal static class UnitExit
{
    /// <summary>Returns a clause such as <c>with exit code 70</c>.</summary>
    public static string Describe(ExitStatus? status) => status switch
    {
        null => "with an unknown exit code, because an earlier emperor had started it",
        { Signal: not 0 and var signal } => $"killed by signal {signal}",
        { Code: var code } => $"with exit code {code}",
    };
}
