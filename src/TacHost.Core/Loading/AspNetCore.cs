namespace TacHost.Loading;

/// <summary>The ASP.NET Core framework, for tac files and plugins that serve HTTP.</summary>
/// <remarks>The host itself does without, so that it starts on a machine that has only .NET, and as fast as before.</remarks>
internal static class AspNetCore
{
    /// <summary>The prefix of assembly names that is unique to the framework.</summary>
    public const string NamePrefix = "Microsoft.AspNetCore.";

    private const string Name = "Microsoft.AspNetCore.App";

    private static readonly Lazy<string?> _directory = new(FindDirectory);

    /// <summary>Gets the directory with the assemblies, in the version of the running .NET, or null if it is not installed.</summary>
    public static string? Directory => _directory.Value;

    /// <summary>Gets the error message for a missing installation, with a remedy.</summary>
    public static string MissingReason =>
        $"ASP.NET Core {Framework.Version.ToString(2)} is not installed beside .NET: there is no '{FrameworkRoot}' of that version.\n  Install it (Debian, Ubuntu: apt-get install aspnetcore-runtime-{Framework.Version.ToString(2)}; others: https://dotnet.microsoft.com/download/dotnet/{Framework.Version.ToString(2)}).";

    private static string FrameworkRoot => Path.GetFullPath(Path.Combine(Framework.Directory, "..", "..", Name));

    /// <summary>Returns the path of an assembly of the framework by its simple name, or null.</summary>
    public static string? Find(string name) =>
        Directory is { } directory && Path.Combine(directory, name + ".dll") is var path && File.Exists(path) ? path : null;

    private static string? FindDirectory()
    {
        var exact = Path.Combine(FrameworkRoot, Path.GetFileName(Framework.Directory));
        return System.IO.Directory.Exists(exact) ? exact : NewestPatch();
    }

    private static string? NewestPatch()
    {
        if (!System.IO.Directory.Exists(FrameworkRoot))
            return null;
        return System.IO.Directory.EnumerateDirectories(FrameworkRoot, $"{Framework.Version.ToString(2)}.*")
            .Select(path => (Path: path, Version: Version.TryParse(Path.GetFileName(path), out var version) ? version : null))
            .Where(each => each.Version is not null)
            .MaxBy(each => each.Version).Path;
    }
}
