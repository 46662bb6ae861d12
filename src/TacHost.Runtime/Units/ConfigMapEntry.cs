using System.Security.Cryptography;
using System.Text;

namespace TacHost.Units;

/// <summary>A file in a ConfigMap of Kubernetes.</summary>
/// <param name="Key">The key, which cannot contain a slash.</param>
/// <param name="Path">The path relative to the mount point.</param>
/// <param name="Content">The content.</param>
internal sealed record ConfigMapEntry(string Key, string Path, byte[] Content)
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Gets the content as text, or null if the content is not UTF-8.</summary>
    public string? Text { get; } = TextOf(Content);

    public static IReadOnlyList<ConfigMapEntry> Of(IEnumerable<(string Path, byte[] Content)> files)
    {
        HashSet<string> keys = new(StringComparer.Ordinal);
        List<ConfigMapEntry> entries = [];
        foreach (var (path, content) in files)
        {
            var key = string.Concat(path.Select(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' ? character : '.'));
            while (!keys.Add(key))
                key += "_";
            entries.Add(new ConfigMapEntry(key, path, content));
        }

        return entries;
    }

    public static string Hash(IEnumerable<ConfigMapEntry> entries)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var entry in entries)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{entry.Path}\0{entry.Content.Length}\0"));
            hash.AppendData(entry.Content);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private static string? TextOf(byte[] content)
    {
        try
        {
            return _strict.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
