using System.IO.Hashing;

namespace FastPoetry.Services;

/// <summary>A poem and its name.</summary>
public sealed class NamedPoem
{
    private string? _edition;

    internal NamedPoem(string name, byte[] text) => (Name, Text) = (name, text);

    /// <summary>The name: that of its file, without the directory and the extension.</summary>
    public string Name { get; }

    /// <summary>The content of the file. It is served by reference and must not be changed.</summary>
    public ReadOnlyMemory<byte> Text { get; }

    /// <summary>A hash of the poem with 32 hexadecimal digits. It detects changes, but not deliberate collisions.</summary>
    public string Edition => _edition ??= Convert.ToHexStringLower(XxHash128.Hash(Text.Span));
}
