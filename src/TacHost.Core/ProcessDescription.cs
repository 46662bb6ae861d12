using System.Globalization;

namespace TacHost;

/// <summary>The description of a running process, for messages.</summary>
internal static class ProcessDescription
{
    /// <summary>Returns a text such as "process 4711 (tachost deployments/science.csx)", without the command line if it cannot be read.</summary>
    public static string Of(int id)
    {
        try
        {
            var words = File.ReadAllText($"/proc/{id}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
            return words.Length == 0 ? $"process {id}" : $"process {id} ({Escaped(string.Join(' ', words.Skip(1).Prepend(Path.GetFileName(words[0]))))})";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"process {id}";
        }
    }

    /// <summary>Escapes a command line, because any user may have started the process with any arguments.</summary>
    private static string Escaped(string words) =>
        string.Concat(words.Select(character => UnsafeText.IsUnsafe(character) ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}") : character.ToString()));
}
