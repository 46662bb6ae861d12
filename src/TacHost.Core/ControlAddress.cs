using System.Globalization;

namespace TacHost;

/// <summary>The abstract names of control sockets: <c>tachost/PID</c>, or <c>tachost/PID/WORD</c> if the first is in use (ADR 36).</summary>
internal static class ControlAddress
{
    private const string Prefix = "tachost/";
    private const string Table = "/proc/net/unix";

    /// <summary>The flag of a listening socket, in the fourth column of the table.</summary>
    private const int Listens = 0x10000;

    public static string Of(int process) => Prefix + process.ToString(CultureInfo.InvariantCulture);

    /// <summary>Returns an unpredictable name for a process whose default name is in use.</summary>
    public static string Unguessable(int process) => $"{Of(process)}/{Guid.NewGuid():N}";

    /// <summary>
    /// Returns the names of all listening control sockets. Any process can use such a name, so the
    /// process and the user must be taken from the kernel's credentials.
    /// </summary>
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
            // Without /proc, a process can still be addressed by its ID.
        }

        return names;
    }
}
