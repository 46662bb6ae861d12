using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace TacHost.Loading;

/// <summary>ASP.NET Core, the framework beside .NET's own, for tacs and plugins that serve HTTP.</summary>
/// <remarks>
/// The host itself does without, so that it starts on a machine that has only .NET, and as fast as before. What is asked for is loaded from the
/// framework's directory into the default context, as the rest of .NET is: there, the machine code that is in its files is used.
/// </remarks>
internal static class AspNetCore
{
    /// <summary>How the names begin that no other library has.</summary>
    public const string NamePrefix = "Microsoft.AspNetCore.";

    private const string Framework = "Microsoft.AspNetCore.App";

    private static readonly Lazy<string?> _directory = new(FindAndServe);

    /// <summary>The directory with its assemblies, of the version that belongs to the running .NET; or null if it is not installed.</summary>
    public static string? Directory => _directory.Value;

    /// <summary>What is missing where it is not installed, and what to do.</summary>
    public static string WhyMissing =>
        $"ASP.NET Core {Environment.Version.ToString(2)} is not installed beside .NET: there is no '{FrameworkRoot}' of that version.\n  Install it (Debian, Ubuntu: apt-get install aspnetcore-runtime-{Environment.Version.ToString(2)}; others: https://dotnet.microsoft.com/download/dotnet/{Environment.Version.ToString(2)}).";

    private static string RuntimeDirectory => Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory());

    private static string FrameworkRoot => Path.GetFullPath(Path.Combine(RuntimeDirectory, "..", "..", Framework));

    /// <summary>Loads an assembly of it, or what the host has in its place; null if that is none of them, or an older one than is asked for.</summary>
    public static Assembly? Load(AssemblyName name)
    {
        if (Find(name.Name!) is { } path && AssemblyName.GetAssemblyName(path).Version >= name.Version)
            return AssemblyLoadContext.Default.LoadFromAssemblyName(name);
        return null;
    }

    /// <summary>Returns the path of one of its assemblies by the simple name, or null.</summary>
    public static string? Find(string name) =>
        Directory is { } directory && Path.Combine(directory, name + ".dll") is var path && File.Exists(path) ? path : null;

    /// <summary>Finds the directory, and lets the default context find the assemblies in it by themselves, which refer to each other.</summary>
    private static string? FindAndServe()
    {
        var exact = Path.Combine(FrameworkRoot, Path.GetFileName(RuntimeDirectory));
        var directory = System.IO.Directory.Exists(exact) ? exact : NewestPatch();
        if (directory is not null)
            AssemblyLoadContext.Default.Resolving += (context, name) => Find(name.Name!) is { } path ? context.LoadFromAssemblyPath(path) : null;
        return directory;
    }

    private static string? NewestPatch()
    {
        if (!System.IO.Directory.Exists(FrameworkRoot))
            return null;
        return System.IO.Directory.EnumerateDirectories(FrameworkRoot, $"{Environment.Version.ToString(2)}.*")
            .Select(path => (Path: path, Version: Version.TryParse(Path.GetFileName(path), out var version) ? version : null))
            .Where(each => each.Version is not null)
            .MaxBy(each => each.Version).Path;
    }
}
