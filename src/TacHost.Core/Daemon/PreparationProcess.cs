using System.Globalization;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Daemon;

/// <summary>A child process that compiles an application for this process. It runs the top level of the tac first, so that endless loops and exits happen in the child.</summary>
/// <remarks>
/// Its command line begins with <see cref="Word"/> and the directory in which this process was started. Another tac file and the fingerprint of code that
/// needs no trial follow; an empty argument stands for none. The rest are the arguments of this process.
/// </remarks>
internal static class PreparationProcess
{
    /// <summary>The first argument, which users do not write.</summary>
    public const string Word = "--prepare-for";

    private const int Kill = 9;

    /// <summary>The time for the start of the process and the compiler, beyond the time limit of the top level.</summary>
    private static readonly TimeSpan _margin = TimeSpan.FromSeconds(60);

    /// <summary>Starts the process and blocks until it has prepared the application.</summary>
    /// <param name="arguments">The arguments of this process.</param>
    /// <param name="directory">The directory in which this process was started.</param>
    /// <param name="file">The absolute path of the tac file to prepare instead, or null for the one in the arguments.</param>
    /// <param name="tried">The fingerprint of code that needs no trial, because this process runs it with the same values, or null.</param>
    /// <param name="timeout">The maximum time of the top level.</param>
    /// <param name="stopping">Ends the wait and the process.</param>
    /// <returns>The prepared application.</returns>
    /// <exception cref="TacHostException">The application cannot be prepared.</exception>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public static PreparedApplication Run(IReadOnlyList<string> arguments, string directory, string? file, string? tried, TimeSpan timeout, CancellationToken stopping)
    {
        using var memory = Handover.MemoryFile();
        var (read, write) = Pipe.Create("the report of the reload");
        using (read)
        {
            int process;
            using (write)
                process = HostExecution.SpawnCommand([Word, directory, file ?? "", tried ?? "", .. arguments], memory, write);
            var report = Read(read, process, timeout, stopping);
            return report switch
            {
                (ExitCode.Success, _) => Handover.Read(memory) is [var prepared] ? prepared : throw Ended(process, "without an answer"),
                var (exitCode, message) => throw new TacHostException(exitCode, message),
                null => throw Ended(process, "without a reason, perhaps because the top level of the tac file ended it"),
            };
        }
    }

    private static (int ExitCode, string Message)? Read(SafeFileHandle pipe, int process, TimeSpan timeout, CancellationToken stopping)
    {
        try
        {
            if (StartupReport.TryRead(pipe, timeout + _margin, stopping, out var report))
                return report;
            stopping.ThrowIfCancellationRequested();
            throw new TacHostException(ExitCode.TimedOut, string.Create(CultureInfo.InvariantCulture, $"preparing the reload took longer than {(timeout + _margin).TotalSeconds:0} s."));
        }
        finally
        {
            // Its answer is complete or no longer needed.
            _ = LibcProcesses.Kill(process, Kill);
            _ = LibcProcesses.WaitPid(process, out _, 0);
        }
    }

    private static TacHostException Ended(int process, string how) =>
        new(ExitCode.Software, string.Create(CultureInfo.InvariantCulture, $"the process {process}, which prepared the reload, ended {how}."));
}
