using System.Globalization;

namespace TacHost.Control.Wire;

/// <summary>The abstract names of control sockets: <c>tachost/PID</c>, or <c>tachost/PID/WORD</c> where that is taken (ADR 36).</summary>
internal static class ControlAddress
{
    private const string Prefix = "tachost/";
    private const string Table = "/proc/net/unix";

    /// <summary>The flag of a socket that listens, in the fourth column of the table.</summary>
    private const int Listens = 0x10000;

    /// <summary>Returns the name for a process.</summary>
    public static string Of(int process) => Prefix + process.ToString(CultureInfo.InvariantCulture);

    /// <summary>Returns a name for a process whose first name is taken, which nobody can guess beforehand.</summary>
    public static string Unguessable(int process) => $"{Of(process)}/{Guid.NewGuid():N}";

    /// <summary>Returns all names at which somebody listens. Anybody may, so a name proves nothing: who listens there is what the kernel says.</summary>
    public static IReadOnlyList<string> All()
    {
        const int flags = 3, path = 7;
        List<string> names = [];
        try
        {
            foreach (var line in File.ReadLines(Table))
            {
                var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (columns.Length > path
                    && columns[path].StartsWith($"@{Prefix}", StringComparison.Ordinal)
                    && int.TryParse(columns[flags], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var set)
                    && (set & Listens) != 0)
                    names.Add(columns[path][1..]);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without /proc, a process can still be named by its id.
        }

        return names;
    }
}
