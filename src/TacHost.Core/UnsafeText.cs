namespace TacHost;

/// <summary>Characters of foreign texts that must not reach a terminal or a log as they are.</summary>
internal static class UnsafeText
{
    /// <summary>Returns whether a character steers a terminal, is taken for an end of line by some, or turns the direction of the text around it, so that it reads as something else.</summary>
    public static bool IsUnsafe(char character) =>
        character is < ' ' or (>= '\u007F' and <= '\u009F') or '\u061C' or '\u200E' or '\u200F' or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
