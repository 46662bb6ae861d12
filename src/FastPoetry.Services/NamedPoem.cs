using System.IO.Hashing;

namespace FastPoetry.Services;

/// <summary>A poem and its name.</summary>
public sealed class NamedPoem
{
    private string? _edition;

    internal NamedPoem(string name, byte[] text) => (Name, Text) = (name, text);

    /// <summary>Gets the name: the file name without the extension.</summary>
    public string Name { get; }

    /// <summary>Gets the content of the file. The content is served by reference and must not be changed.</summary>
    public ReadOnlyMemory<byte> Text { get; }

    /// <summary>Gets a hash of the poem with 32 hexadecimal digits. The hash detects changes, but not deliberate collisions.</summary>
    public string Edition => _edition ??= Convert.ToHexStringLower(XxHash128.Hash(Text.Span));
}
