using System.Text;

namespace TacHost.Web.Passwords;

/// <summary>A name and a password, as a client sends them by RFC 7617.</summary>
internal readonly record struct BasicCredentials(string Name, string Password)
{
    private const string Scheme = "Basic ";

    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Parses the value of an <c>Authorization</c> header. The text is UTF-8 in base64.</summary>
    /// <returns>The credentials, or null for another scheme or a malformed value.</returns>
    public static BasicCredentials? Parse(string? header)
    {
        if (header is null || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        try
        {
            var text = _strict.GetString(Convert.FromBase64String(header[Scheme.Length..].Trim()));
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            return colon < 0 ? null : new BasicCredentials(text[..colon], text[(colon + 1)..]);
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>Returns the name only, because logs must not contain the password.</summary>
    public override string ToString() => Name;
}
