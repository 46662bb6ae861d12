using System.Globalization;
using System.Text;
using TacHost.CommandLine;
using TacHost.Native;

namespace TacHost.Fleet;

/// <summary>The facts about a deployment that the next emperor needs: which sources the process runs, and whether an operator has turned it off.</summary>
/// <param name="Hash">The hash of the sources that the process runs, or empty.</param>
/// <param name="Process">The process, or 0.</param>
/// <param name="StartTicks">The start time of the process, so that another one with the same ID is not taken for it.</param>
/// <param name="IsOff">True if an operator has turned the deployment off.</param>
internal sealed record UnitRecord(string Hash, int Process, string StartTicks, bool IsOff)
{
    private const string Off = "off", On = "on", Partial = ".new";

    /// <summary>Gets the record of a deployment that has never run.</summary>
    public static UnitRecord None { get; } = new("", 0, "", false);

    /// <summary>Returns the names of the deployments that have a record, and deletes records that were not written completely.</summary>
    public static IReadOnlyList<string> NamesIn(string directory)
    {
        foreach (var partial in Directory.EnumerateFiles(directory, $"*{FleetOptions.StateExtension}{Partial}"))
            File.Delete(partial);
        return [.. Directory.EnumerateFiles(directory, $"*{FleetOptions.StateExtension}").Select(path => Path.GetFileNameWithoutExtension(path))];
    }

    /// <summary>Reads a record. A missing or damaged file is one that says nothing.</summary>
    public static UnitRecord Read(string path)
    {
        try
        {
            return File.Exists(path) && File.ReadAllText(path).TrimEnd('\n').Split(' ') is [Off or On, var hash, var process, var ticks, ..] parts
                && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? new UnitRecord(hash, id, ticks, parts[0] == Off)
                : None;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return None;
        }
    }

    /// <summary>Writes the record in one step, so that a reader never sees a part.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string path)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{(IsOff ? Off : On)} {Hash} {Process} {StartTicks}\n");
        StateFile.Write(path, Encoding.UTF8.GetBytes(text), Partial);
    }
}
