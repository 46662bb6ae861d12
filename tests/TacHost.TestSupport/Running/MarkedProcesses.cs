using System.Globalization;
using System.Text;

namespace TacHost.TestSupport.Running;

/// <summary>The processes that the tests of one run have started, whoever is their parent by now.</summary>
/// <param name="directory">The directory of the run, which is the value of the mark.</param>
internal sealed class MarkedProcesses(string directory)
{
    public const string Variable = "TACHOST_TEST_RUN";

    /// <summary>Gets the entry that they have in their environment.</summary>
    public string Mark { get; } = $"{Variable}={directory}";

    /// <summary>Finds those that still run.</summary>
    public IEnumerable<string> Find()
    {
        foreach (var path in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var id) && id != Environment.ProcessId && Until.IsAlive(id) && (IsMarked(path) || RunsBelow(path)))
                yield return $"{id}: {Read(path, "cmdline").Replace('\0', ' ')}";
        }
    }

    private static string Read(string path, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(path, file), Encoding.Latin1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has gone meanwhile, or is another user's.
            return "";
        }
    }

    private bool IsMarked(string path) => Read(path, "environ").Split('\0').Contains(Mark);

    private bool RunsBelow(string path)
    {
        try
        {
            return new DirectoryInfo(Path.Combine(path, "cwd")).LinkTarget?.StartsWith(directory, StringComparison.Ordinal) == true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
