namespace TacHost.Services;

/// <summary>A user whose password was right.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Home">The third field of the line: a path that begins with '/', whose meaning is up to the server; null if there is none.</param>
public sealed record PasswordFileUser(string Name, string? Home);
