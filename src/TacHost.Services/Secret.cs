using System.Diagnostics.CodeAnalysis;
using TacHost.Services.Plugins;
using TacHost.Services.Plugins.Reading;

namespace TacHost.Services;

/// <summary>A secret text such as a password. On the command line, the value is the path of a file that contains it.</summary>
/// <remarks>It prints as <c>***</c>, so that it gets into no log, help or message. A parameter that is not given is looked for by its name in the credentials directory of systemd, then in <c>/run/secrets</c>.</remarks>
[OptionType("FILE", "a file that holds the secret")]
public sealed class Secret : IParsable<Secret>
{
    /// <summary>Initializes a secret with its text.</summary>
    public Secret(string value) => Value = value;

    /// <summary>Gets the text.</summary>
    public string Value { get; }

    /// <summary>Reads a file; one line break at its end does not count.</summary>
    public static Secret Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var secret) ? secret : throw new FormatException("The text is not the path of a file that holds the secret.");

    /// <summary>Reads a file; one line break at its end does not count.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out Secret result)
    {
        result = null;
        try
        {
            result = Read(s, provider);
            return result is not null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Returns the reason why a file that exists cannot be read, or null.</summary>
    internal static string? ReasonUnreadable(string text, IFormatProvider? provider)
    {
        try
        {
            Read(text, provider);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>Reads a file; one line break at its end does not count. Returns null if there is no such file.</summary>
    private static Secret? Read(string? file, IFormatProvider? provider)
    {
        if (OptionFormat.FullPath(file, provider) is not { } path || !File.Exists(path))
            return null;
        var text = File.ReadAllText(path);
        return new Secret(text.EndsWith('\n') ? text[..^(text.EndsWith("\r\n", StringComparison.Ordinal) ? 2 : 1)] : text);
    }

    /// <summary>Returns <c>***</c>.</summary>
    public override string ToString() => "***";
}
