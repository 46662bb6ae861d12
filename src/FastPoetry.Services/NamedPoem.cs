using System.IO.Hashing;

namespace FastPoetry.Services;

/// <summary>A poem and what it is called.</summary>
public sealed class NamedPoem
{
    private string? _edition;

    internal NamedPoem(string name, byte[] text) => (Name, Text) = (name, text);

    /// <summary>The name: that of its file, without the directory and the extension.</summary>
    public string Name { get; }

    /// <summary>The poem, as it stands in its file. Served by reference: nobody may change it.</summary>
    public ReadOnlyMemory<byte> Text { get; }

    /// <summary>32 hexadecimal digits that are others as soon as one byte of the poem is another. No proof against somebody who makes two alike on purpose.</summary>
    public string Edition => _edition ??= Convert.ToHexStringLower(XxHash128.Hash(Text.Span));
}
