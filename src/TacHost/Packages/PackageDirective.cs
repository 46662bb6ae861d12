namespace TacHost.Packages;

/// <summary>A package that a tac file asks for: <c>#r "nuget: NAME, VERSION"</c>.</summary>
/// <param name="Id">The package.</param>
/// <param name="Version">The version, a range or a floating version as NuGet writes them; null for the newest.</param>
/// <param name="File">The file that asks for it.</param>
internal sealed record PackageDirective(string Id, string? Version, string File)
{
    private const string Prefix = "nuget:";

    /// <summary>Returns whether the text of an <c>#r</c> or <c>#i</c> means NuGet.</summary>
    public static bool IsOne(string text) => text.AsSpan().TrimStart().StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns what stands behind <c>nuget:</c>.</summary>
    public static string Rest(string text) => text.TrimStart()[Prefix.Length..].Trim();

    /// <summary>Reads one.</summary>
    /// <exception cref="TacHostException">It names no package.</exception>
    public static PackageDirective Parse(string text, string file)
    {
        var parts = Rest(text).Split(',', 2, StringSplitOptions.TrimEntries);
        if (parts[0].Length == 0 || !parts[0].All(character => char.IsLetterOrDigit(character) || character is '.' or '-' or '_'))
            throw new TacHostException(ExitCode.BadTac, $"'{SourceLine.Shortened(file)}' has #r \"{text}\", which names no package. Write #r \"nuget: NAME, VERSION\".");
        return new PackageDirective(parts[0], parts.Length > 1 && parts[1].Length > 0 ? parts[1] : null, file);
    }

    /// <summary>Returns such as <c>Npgsql, 9.0.3</c>, as the lock file has it.</summary>
    public override string ToString() => Version is null ? Id : $"{Id}, {Version}";
}
