using System.Text;
using Microsoft.Win32.SafeHandles;
using TacHost.Daemon;
using TacHost.Native;

namespace TacHost.Fleet;

/// <summary>A process that compiles tac files for an emperor, which has no compiler.</summary>
/// <remarks>Its command line is <see cref="Word"/>, the options of the deployments, <c>compile</c>, and the tac files.</remarks>
internal static class FleetPreparation
{
    /// <summary>The first argument, which users do not write.</summary>
    public const string Word = "--prepare-fleet";

    /// <summary>The number of files that one process compiles, so that the first deployments start while others are still being compiled.</summary>
    public const int BatchSize = 16;

    private const int Kill = 9;
    private const char Separator = '\0';

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
        return [new PreparedUnit(new PreparedApplication.Failure(ExitCode.BadTac, $"'{files[0]}' could not be compiled: the process that tried ended, or took longer than {_timeout.TotalMinutes:0} minutes."), "", [files[0]])];
    }

    /// <summary>Prepares deployments. Blocks until all are prepared.</summary>
    /// <param name="options">The options of the deployments.</param>
    /// <param name="entries">The deployments.</param>
    /// <param name="stopping">Ends the wait and the process.</param>
    /// <returns>The prepared form of each deployment.</returns>
    /// <exception cref="TacHostException">The process cannot be started.</exception>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public static IReadOnlyList<PreparedUnit> Prepare(IReadOnlyList<string> options, IReadOnlyList<FleetEntry> entries, CancellationToken stopping)
    {
        Dictionary<FleetEntry, IReadOnlyList<FleetEntry>> members = entries.Where(entry => entry is { IsGroup: true, Problem: null }).ToDictionary(entry => entry, TryReadGroup);
        var files = entries.Where(entry => !entry.IsGroup).Concat(members.Values.SelectMany(each => each)).Where(entry => entry.Problem is null).Select(entry => entry.Path).ToList();
        var prepared = files.Chunk(BatchSize).SelectMany(batch => batch.Zip(Run(options, batch, stopping))).ToDictionary(each => each.First, each => each.Second);
        return [.. entries.Select(entry => members.TryGetValue(entry, out var each) ? GroupOf([.. each.Select(member => (member.Name, Of(member)))], each) : Of(entry))];

        PreparedUnit Of(FleetEntry entry) => entry.Problem is { } problem
            ? new PreparedUnit(new PreparedApplication.Failure(ExitCode.Usage, $"'{entry.Path}' cannot be a deployment: {problem}."), "", [])
            : prepared[entry.Path];
    }

    /// <summary>A group is prepared also if some of its tac files do not compile: the others run.</summary>
    internal static PreparedUnit GroupOf(List<(string Name, PreparedUnit Prepared)> members, IReadOnlyList<FleetEntry> entries)
    {
        Fingerprint hash = new(), content = new();
        foreach (var ((name, prepared), entry) in members.Zip(entries))
        {
            hash.Append(Encoding.UTF8.GetBytes($"{name}{Separator}{entry.IsOff}{Separator}{prepared.Hash}{Separator}{prepared.Failure?.Message}\n"));

            // The message of a failure names paths of this machine.
            content.Append(Encoding.UTF8.GetBytes($"{name}{Separator}{entry.IsOff}{Separator}{prepared.Content}\n"));
        }

        return new PreparedUnit(new PreparedApplication.Own(), hash.ToString(), [.. members.SelectMany(member => member.Prepared.Files)]) { Members = members, Content = content.ToString() };
    }

    /// <summary>Ignores a removed directory, which the next read of the fleet's directory notices.</summary>
    private static IReadOnlyList<FleetEntry> TryReadGroup(FleetEntry group)
    {
        try
        {
            return FleetDirectory.ReadGroup(group.Path);
        }
        catch (TacHostException)
        {
            return [];
        }
    }

    /// <summary>Writes the text that a process of this kind reports with.</summary>
    public static string ToText(IReadOnlyList<PreparedUnit> units) =>
        string.Concat(units.Select(unit => string.Join(Separator, [unit.Hash, unit.Content, .. unit.Files]) + "\n"));

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
            return lines.Length != files.Count ? null : [.. prepared.Zip(lines, (each, line) => line.Split(Separator) is var parts ? new PreparedUnit(each, parts[0], parts[2..]) { Content = parts[1] } : null!)];
        }
    }

    private static (int ExitCode, string Message)? Read(SafeFileHandle pipe, int process, TimeSpan timeout, CancellationToken stopping)
    {
        try
        {
            _ = StartupReport.TryRead(pipe, timeout, stopping, out var report);
            stopping.ThrowIfCancellationRequested();
            return report;
        }
        finally
        {
            // Its answer is complete or no longer needed.
            _ = LibcProcesses.Kill(process, Kill);
            _ = LibcProcesses.WaitPid(process, out _, 0);
        }
    }
}
