using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using TacHost.Daemon;
using TacHost.Native;

namespace TacHost.Fleet;

/// <summary>A process that compiles tac files for an emperor, which has no compiler.</summary>
/// <remarks>Its command line is <see cref="Word"/>, the options of the deployments, <c>compile</c>, and the tac files.</remarks>
internal static class FleetPreparation
{
    /// <summary>The first word, which no user writes.</summary>
    public const string Word = "--prepare-fleet";

    private const int Kill = 9;
    private const char Separator = '\0';

    private static readonly TimeSpan _pollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>The time for each file. A compilation takes far less, also on a loaded machine.</summary>
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(2);

    /// <summary>Starts the process and blocks until it has prepared the files.</summary>
    /// <param name="options">The options of the deployments.</param>
    /// <param name="files">The tac files.</param>
    /// <param name="stopping">Ends the wait and the process.</param>
    /// <returns>The prepared form of each file. A file that ended the process is prepared alone once more, so that it does not affect the others.</returns>
    /// <exception cref="TacHostException">The process cannot be started.</exception>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public static IReadOnlyList<PreparedUnit> Run(IReadOnlyList<string> options, IReadOnlyList<string> files, CancellationToken stopping)
    {
        if (TryRun(options, files, stopping) is { } all)
            return all;
        if (files.Count > 1)
            return [.. files.SelectMany(file => Run(options, [file], stopping))];
        return [new PreparedUnit(new Prepared.Failure(ExitCode.BadTac, $"'{files[0]}' could not be compiled: the process that tried ended, or took longer than {_timeout.TotalMinutes:0} minutes."), "", [files[0]])];
    }

    /// <summary>Writes the text that a process of this kind reports with.</summary>
    public static string ToText(IReadOnlyList<PreparedUnit> units) =>
        string.Concat(units.Select(unit => string.Join(Separator, [unit.Hash, .. unit.Files]) + "\n"));

    private static List<PreparedUnit>? TryRun(IReadOnlyList<string> options, IReadOnlyList<string> files, CancellationToken stopping)
    {
        using var file = Handover.MemoryFile();
        var (read, write) = Pipe.Create("the report of a compilation");
        using (read)
        {
            int process;
            using (write)
                process = HostExecution.SpawnCommand([Word, .. options, "compile", .. files], file, write);
            if (Read(read, process, _timeout * files.Count, stopping) is not (ExitCode.Success, var text) || Handover.Read(file) is not { } prepared || prepared.Count != files.Count)
                return null;
            var lines = text.Split('\n')[..^1];
            return lines.Length != files.Count ? null : [.. prepared.Zip(lines, (each, line) => line.Split(Separator) is var parts ? new PreparedUnit(each, parts[0], parts[1..]) : null!)];
        }
    }

    private static (int ExitCode, string Message)? Read(SafeFileHandle pipe, int process, TimeSpan timeout, CancellationToken stopping)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            using MemoryStream text = new();
            using FileStream stream = new(pipe, FileAccess.Read, bufferSize: 0);
            var buffer = new byte[4096];
            while (Stopwatch.GetElapsedTime(began) < timeout)
            {
                stopping.ThrowIfCancellationRequested();
                if (!Polling.WaitForInput(pipe, _pollInterval))
                    continue;
                var count = stream.Read(buffer);
                if (count == 0)
                    return StartupReport.Read(text.ToArray());
                text.Write(buffer, 0, count);
            }

            return null;
        }
        finally
        {
            // Its answer is complete, or nobody waits for it.
            _ = LibcProcesses.Kill(process, Kill);
            _ = LibcProcesses.WaitPid(process, out _, 0);
        }
    }
}
