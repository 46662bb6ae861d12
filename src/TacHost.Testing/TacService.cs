namespace TacHost.Testing;

/// <summary>A service in the tree of a tac file that was evaluated and not started.</summary>
public sealed class TacService
{
    /// <summary>Gets the name, or the type if the service has no name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the names from the root to the service.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the name of the type.</summary>
    public required string Type { get; init; }

    /// <summary>Gets the endpoints that the service listens on.</summary>
    public required IReadOnlyList<string> Listens { get; init; }

    /// <summary>Gets the files that the service reads.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Gets the children, in the order in which they start.</summary>
    public required IReadOnlyList<TacService> Services { get; init; }

    /// <summary>Returns the service with a path below this one, such as <c>ecstasy/TcpServer</c>.</summary>
    /// <param name="path">The names of the children, separated by slashes.</param>
    /// <exception cref="KeyNotFoundException">The tree does not contain the service.</exception>
    public TacService Find(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var found = this;
        foreach (var name in path.Split('/'))
        {
            var names = string.Join(", ", found.Services.Select(each => $"'{each.Name}'"));
            found = found.Services.FirstOrDefault(each => each.Name == name) ?? throw new KeyNotFoundException($"The service '{found.Path}' has no child named '{name}'. It has {(names.Length == 0 ? "none" : names)}.");
        }

        return found;
    }
}
