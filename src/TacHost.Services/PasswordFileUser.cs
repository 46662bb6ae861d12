namespace TacHost.Services;

/// <summary>A user whose password was right.</summary>
public sealed class PasswordFileUser
{
    internal PasswordFileUser(string name, string? home) => (Name, Home) = (name, home);

    /// <summary>Gets the name in the file.</summary>
    public string Name { get; }

    /// <summary>Gets the third field of the line: a path that begins with '/', whose meaning depends on the server; null if absent.</summary>
    public string? Home { get; }
}
