using System.Globalization;
using Microsoft.Win32.SafeHandles;
using TacHost.CommandLine;
using TacHost.Daemon;

namespace TacHost.Control.Client;

/// <summary>Finds running applications by a name, a process ID, a pid file or a tac file.</summary>
internal static class ApplicationSearch
{
    /// <summary>Finds an application.</summary>
    /// <param name="word">The text to search for, or null for the only running application.</param>
    /// <exception cref="TacHostException">No application matches, or several match.</exception>
    public static RunningApplication Find(string? word)
    {
        var found = All(word);
        return found switch
        {
            [{ Report: null } silent] => throw new TacHostException(ExitCode.TimedOut, $"process {silent.Process} did not answer on its control socket within {ControlClient.Timeout.TotalSeconds:0} s."),
            [var only] => only,
            [] when word is null => throw new TacHostException(ExitCode.Unavailable, "no application runs here."),
            [] => throw NotRunning(word),
            _ => throw Several(word, found),
        };
    }

    /// <summary>Finds a process: any application of it, if the text means several of one process.</summary>
    /// <exception cref="TacHostException">No process matches, or several match.</exception>
    public static RunningApplication FindProcess(string? word) =>
        All(word) is [{ Report: not null } first, ..] found && found.All(each => each.Process == first.Process) ? first : Find(word);

    /// <summary>Finds all applications that match a text.</summary>
    public static IReadOnlyList<RunningApplication> All(string? word)
    {
        if (word is null)
            return RunningApplication.All();
        if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var process))
            return Of(process);
        if (IsPath(word) && ProcessInPidFile(word) is { } holder)
            return Of(holder);
        var all = RunningApplication.All();
        return IsPath(word) ? OfFile(Path.GetFullPath(word), all) : [.. all.Where(each => each.Name == word)];
    }

    /// <summary>Returns the applications of a tac file. The instances of a template are one file by several paths, so the path comes first.</summary>
    private static List<RunningApplication> OfFile(string path, IReadOnlyList<RunningApplication> all)
    {
        List<RunningApplication> exact = [.. all.Where(each => each.Application?.Source == path)];
        return exact.Count > 0 ? exact : [.. all.Where(each => each.Application is { } application && IsSameFile(path, application.Source))];
    }

    public static bool IsPath(string word) => word.Contains('/', StringComparison.Ordinal) || word.EndsWith(".csx", StringComparison.Ordinal) || word.EndsWith(".cs", StringComparison.Ordinal) || File.Exists(word);

    private static IReadOnlyList<RunningApplication> Of(int process)
    {
        using var client = ControlClient.Connect(process);
        return client is null ? [] : RunningApplication.Of([client.Name]);
    }

    /// <summary>Returns the process that holds the lock on a pid file, or null. The number in an unlocked file is obsolete.</summary>
    private static int? ProcessInPidFile(string path)
    {
        try
        {
            if (!File.Exists(path) || path.EndsWith(".csx", StringComparison.Ordinal))
                return null;
            using SafeFileHandle file = File.OpenHandle(path);
            return PidFileLock.IsHeld(file) ? PidFileLock.ProcessIn(file) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TacHostException(ExitCode.NoInput, SingleLine.Escape($"cannot read '{path}': {e.Message}"));
        }
    }

    private static bool IsSameFile(string path, string source) =>
        Native.FileStatusOf.Target(path) is { } one && Native.FileStatusOf.Target(source) is { } other && one.IsSameFileAs(other);

    private static TacHostException NotRunning(string word)
    {
        var names = RunningApplication.All().Select(each => each.Name).OfType<string>().Distinct().ToList();
        var nearest = DidYouMean.To(word, names) is { } near ? $" Did you mean '{near}'?" : names.Count == 0 ? " No application runs here." : $" There are {string.Join(", ", names.Select(name => $"'{name}'"))}.";
        return new TacHostException(ExitCode.Unavailable, SingleLine.Escape($"'{word}' is not running: no application has this name, process id, pid file or tac file.{nearest}"));
    }

    private static TacHostException Several(string? word, IReadOnlyList<RunningApplication> found)
    {
        var list = string.Concat(found.Select(each => $"\n  {each.Process}  {SingleLine.Escape(each.Name ?? "?")}  {SingleLine.Escape(each.Application?.Source ?? "")}"));
        var key = found.All(each => each.Process == found[0].Process) ? "name or tac file" : "process id";
        return new TacHostException(ExitCode.Usage, $"{(word is null ? "several applications run here" : SingleLine.Escape($"several applications match '{word}'"))}. Name one by its {key}:{list}");
    }
}
