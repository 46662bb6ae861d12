using System.Text;
using TacHost.Native;

namespace TacHost.Processes;

/// <summary>Says why a program did not start.</summary>
internal static class ProgramStartError
{
    private const int NoSuchFile = 2;
    private const int LongestLine = 256;

    /// <summary>Returns the system's reason. If the interpreter of a script is missing, names it, because the system reports the script as missing.</summary>
    /// <param name="error">The error number.</param>
    /// <param name="program">The program, by its path or a name in PATH.</param>
    public static string Text(int error, string program) =>
        error == NoSuchFile && Interpreter(program) is { } interpreter
            ? interpreter.EndsWith('\r') ? $"its first line ends in CR and LF, so its interpreter would be '{interpreter[..^1]}\\r'. Save the script with the line ends of UNIX" : $"its interpreter '{interpreter}' does not exist"
            : Errno.Text(error);

    /// <summary>Returns the interpreter that the first line of a script names, or null if the program is not there or is no script.</summary>
    private static string? Interpreter(string program)
    {
        try
        {
            using var file = File.OpenRead(ProgramPath.Find(program));
            Span<byte> begin = stackalloc byte[LongestLine];
            var text = Encoding.UTF8.GetString(begin[..file.ReadAtLeast(begin, LongestLine, throwOnEndOfStream: false)]);
            if (!text.StartsWith("#!", StringComparison.Ordinal))
                return null;
            var line = text[2..].Split('\n')[0].TrimStart(' ', '\t');
            var interpreter = line.Split(' ', '\t')[0];
            return interpreter.EndsWith('\r') || !File.Exists(interpreter) ? interpreter : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }
}
