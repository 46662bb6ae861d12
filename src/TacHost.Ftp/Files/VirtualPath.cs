namespace TacHost.Ftp.Files;

/// <summary>A path as seen by a client: absolute, relative to the root of its session, without '.', '..' and empty names.</summary>
/// <remarks>'..' is resolved in the text, as in a shell prompt, and is never passed to the kernel. The parent of the root is the root.</remarks>
internal sealed class VirtualPath
{
    public static readonly VirtualPath Root = new([]);

    private readonly string[] _names;

    private VirtualPath(string[] names) => _names = names;

    public bool IsRoot => _names.Length == 0;

    /// <summary>Gets the last name, or an empty string for the root.</summary>
    public string Name => IsRoot ? "" : _names[^1];

    public VirtualPath Parent => IsRoot ? this : new VirtualPath(_names[..^1]);

    /// <summary>Gets the path relative to the root, in the form for system calls.</summary>
    public string Relative => IsRoot ? "." : string.Join('/', _names);

    public IReadOnlyList<string> Names => _names;

    /// <summary>Resolves a client's path relative to this one. The empty text resolves to this path.</summary>
    /// <exception cref="FormatException">The text contains a control character.</exception>
    public VirtualPath Resolve(string text)
    {
        if (text.Any(char.IsControl))
            throw new FormatException("A name has no control characters.");
        List<string> names = text.StartsWith('/') ? [] : [.. _names];
        foreach (var name in text.Split('/'))
        {
            if (name is "" or ".")
                continue;
            if (name != "..")
                names.Add(name);
            else if (names.Count > 0)
                names.RemoveAt(names.Count - 1);
        }

        return new VirtualPath([.. names]);
    }

    public VirtualPath Child(string name) => new([.. _names, name]);

    public override string ToString() => $"/{string.Join('/', _names)}";
}
