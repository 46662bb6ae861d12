using System.Reflection;
using System.Runtime.InteropServices;

namespace TacHost.Loading;

/// <summary>Finds the files of a library in a directory with the layout of <c>dotnet publish</c>: side by side, by culture, and by runtime identifier.</summary>
internal static class LibraryFiles
{
    private const string Runtimes = "runtimes";

    /// <summary>Gets the compatible runtime identifiers, most specific first.</summary>
    public static IReadOnlyList<string> RuntimeIdentifiers { get; } = Identifiers();

    /// <summary>Returns the assembly with a simple name in a directory, or null. An assembly for this runtime has priority over a portable one.</summary>
    public static string? Assembly(string directory, string name) =>
        OfThisRuntime(directory, name + ".dll") ?? Existing(Path.Combine(directory, name + ".dll"));

    public static string? Satellite(string directory, string culture, string name) => Existing(Path.Combine(directory, culture, name + ".dll"));

    /// <summary>Returns true if a file is the satellite assembly of a culture.</summary>
    public static bool IsSatellite(string path, string culture, string name) =>
        path.EndsWith($"/{culture}/{name}.dll", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns the name of the assembly in a file. The directory of a satellite assembly is its culture.</summary>
    public static AssemblyName NameOf(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        return new AssemblyName(name) { CultureName = name.EndsWith(".resources", StringComparison.OrdinalIgnoreCase) ? Path.GetFileName(Path.GetDirectoryName(path)) : null };
    }

    /// <summary>Returns the native library for a name as in <c>DllImport</c> in a directory, or null.</summary>
    public static string? Native(string directory, string name)
    {
        var runtimes = Path.Combine(directory, Runtimes);
        var hasRuntimes = Directory.Exists(runtimes);
        foreach (var fileName in NativeNames(name))
        {
            if (Existing(Path.Combine(directory, fileName)) is { } beside)
                return beside;
            if (!hasRuntimes)
                continue;
            foreach (var identifier in RuntimeIdentifiers)
            {
                if (Existing(Path.Combine(runtimes, identifier, "native", fileName)) is { } path)
                    return path;
            }
        }

        return null;
    }

    /// <summary>Returns the file names that .NET tries for a name, in the same order. A name with a suffix is first tried as a file name.</summary>
    public static string[] NativeNames(string name) =>
        name.EndsWith(".so", StringComparison.Ordinal) || name.Contains(".so.", StringComparison.Ordinal)
            ? [name, "lib" + name, name + ".so", $"lib{name}.so"]
            : [name + ".so", $"lib{name}.so", name, "lib" + name];

    /// <summary>Returns the file for this runtime, such as <c>runtimes/unix/lib/net8.0/NAME.dll</c>, or null.</summary>
    private static string? OfThisRuntime(string directory, string fileName)
    {
        var runtimes = Path.Combine(directory, Runtimes);
        if (!Directory.Exists(runtimes))
            return null;
        foreach (var identifier in RuntimeIdentifiers)
        {
            var frameworks = Path.Combine(runtimes, identifier, "lib");
            if (Directory.Exists(frameworks)
                && Directory.EnumerateDirectories(frameworks).Where(path => FrameworkVersion(path) <= Environment.Version).OrderByDescending(FrameworkVersion)
                    .Select(path => Path.Combine(path, fileName)).FirstOrDefault(File.Exists) is { } found)
                return found;
        }

        return null;
    }

    /// <summary>
    /// Returns the framework version of a directory such as net8.0, or null for another platform. The
    /// version of netstandard2.0 is less than all versions of .NET.
    /// </summary>
    private static Version? FrameworkVersion(string directory)
    {
        var name = Path.GetFileName(directory);
        if (name.StartsWith("netstandard", StringComparison.Ordinal))
            return new Version(1, 0);
        var digits = name.StartsWith("netcoreapp", StringComparison.Ordinal) ? name["netcoreapp".Length..] : name.StartsWith("net", StringComparison.Ordinal) ? name["net".Length..] : "";
        return digits.Contains('.', StringComparison.Ordinal) && Version.TryParse(digits, out var version) ? version : null;
    }

    /// <summary>
    /// Returns the runtime identifiers. The .NET package of a distribution has its own
    /// identifier, such as ubuntu.24.04-x64, and also loads files for any Linux.
    /// </summary>
    private static string[] Identifiers()
    {
        var own = RuntimeInformation.RuntimeIdentifier;
        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        string[] musl = own.Contains("musl", StringComparison.Ordinal) || own.StartsWith("alpine", StringComparison.Ordinal) ? [$"linux-musl-{architecture}", "linux-musl"] : [];
        return [.. new[] { own }.Concat(musl).Concat([$"linux-{architecture}", "linux", $"unix-{architecture}", "unix"]).Distinct()];
    }

    private static string? Existing(string path) => File.Exists(path) ? path : null;
}
