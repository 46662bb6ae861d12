namespace TacHost.Units;

/// <summary>Texts in a script of a POSIX shell.</summary>
internal static class ShellText
{
    public static string Quote(string word) => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
