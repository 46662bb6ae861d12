namespace TacHost.Testing;

/// <summary>A service in the tree of a tac file that was evaluated and not started.</summary>
/// <param name="Name">The name, or the type if the service has no name.</param>
/// <param name="Path">The names from the root to the service.</param>
/// <param name="Type">The name of the type.</param>
/// <param name="Listens">The endpoints that the service listens on.</param>
/// <param name="Files">The files that the service reads.</param>
/// <param name="Services">The children, in the order in which they start.</param>
public sealed record TacService(string Name, string Path, string Type, IReadOnlyList<string> Listens, IReadOnlyList<string> Files, IReadOnlyList<TacService> Services)
{
    /// <summary>Returns the service with a path below this one, such as <c>ecstasy/TcpServer</c>.</summary>
    /// <param name="path">The names of the children, separated by slashes.</param>
    /// <exception cref="KeyNotFoundException">The tree has no such service.</exception>
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
