namespace TacHost.Servers.Ftp.Files;

/// <summary>A place as a client sees it: absolute, below the root of its session, without '.', '..' or empty names.</summary>
/// <remarks>'..' is taken away from the text, as a shell does for its prompt, and never gets to the kernel; the parent of the root is the root.</remarks>
internal sealed class VirtualPath
{
    /// <summary>The root of a session.</summary>
    public static readonly VirtualPath Root = new([]);

    private readonly string[] _names;

    private VirtualPath(string[] names) => _names = names;

    public bool IsRoot => _names.Length == 0;

    /// <summary>The last name; empty for the root.</summary>
    public string Name => IsRoot ? "" : _names[^1];

    public VirtualPath Parent => IsRoot ? this : new VirtualPath(_names[..^1]);

    /// <summary>The same place relative to the root, in the form in which the kernel is asked for it.</summary>
    public string Relative => IsRoot ? "." : string.Join('/', _names);

    /// <summary>The names on the way from the root.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The place that a client names, as seen from this one. The empty text is this one.</summary>
    /// <exception cref="FormatException">There is a control character in it.</exception>
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

    /// <summary>A name in this directory, which is taken as it is.</summary>
    public VirtualPath Child(string name) => new([.. _names, name]);

    public override string ToString() => $"/{string.Join('/', _names)}";
}
