namespace TacHost.Packages;

/// <summary>A package reference in a tac file: <c>#r "nuget: NAME, VERSION"</c>.</summary>
/// <param name="Id">The package ID.</param>
/// <param name="Version">The version, a range or a floating version in NuGet syntax, or null for the newest version.</param>
/// <param name="File">The file with the reference.</param>
/// <param name="Line">The line of the reference, beginning with 1.</param>
internal sealed record PackageDirective(string Id, string? Version, string File, int Line)
{
    private const string Prefix = "nuget:";

    /// <summary>Returns true if the text of an <c>#r</c> or <c>#i</c> directive refers to NuGet.</summary>
    public static bool IsOne(string text) => text.AsSpan().TrimStart().StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns the text after <c>nuget:</c>.</summary>
    public static string Rest(string text) => text.TrimStart()[Prefix.Length..].Trim();

    /// <summary>Parses a package reference.</summary>
    /// <exception cref="TacHostException">The text does not contain a package ID.</exception>
    public static PackageDirective Parse(string text, string file, int line)
    {
        var parts = Rest(text).Split(',', 2, StringSplitOptions.TrimEntries);
        return TryCreate(parts[0], parts.Length > 1 ? parts[1] : null, file, line)
            ?? throw SourceLine.Refusal(file, line, $"the file has #r \"{text}\", which is not the name of a package. Write #r \"nuget: NAME, VERSION\".");
    }

    /// <summary>Creates a package reference. Returns null if the ID is invalid.</summary>
    public static PackageDirective? TryCreate(string id, string? version, string file, int line) =>
        IsId(id) ? new PackageDirective(id, string.IsNullOrEmpty(version) ? null : version, file, line) : null;

    /// <summary>Returns whether a text is a package ID, which also names a directory.</summary>
    public static bool IsId(string id) => id.Length > 0 && id[0] != '.' && id.All(character => char.IsLetterOrDigit(character) || character is '.' or '-' or '_');

    /// <summary>Returns a text such as <c>Npgsql, 9.0.3</c>, as used in the lock file.</summary>
    public override string ToString() => Version is null ? Id : $"{Id}, {Version}";
}
