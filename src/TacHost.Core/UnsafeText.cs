namespace TacHost;

/// <summary>The characters of untrusted texts that must be escaped for a terminal or a log.</summary>
internal static class UnsafeText
{
    /// <summary>
    /// Returns whether a character controls a terminal, may be interpreted as a line end, or
    /// changes the direction of the surrounding text. Such a change can disguise a text.
    /// </summary>
    public static bool IsUnsafe(char character) =>
        character is < ' ' or (>= '\u007F' and <= '\u009F') or '\u061C' or '\u200E' or '\u200F' or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
