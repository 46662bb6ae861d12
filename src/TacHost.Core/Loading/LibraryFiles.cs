using System.Runtime.InteropServices;

namespace TacHost.Loading;

/// <summary>Finds the files of a library in a directory as <c>dotnet publish</c> lays them out: beside each other, by culture, and by runtime identifier.</summary>
internal static class LibraryFiles
{
    private const string Runtimes = "runtimes";

    /// <summary>The runtime identifiers whose files this process can load, most specific first.</summary>
    public static IReadOnlyList<string> RuntimeIdentifiers { get; } = Identifiers();

    /// <summary>Returns the assembly of a simple name in a directory, or null. An assembly for this runtime comes before the one for all.</summary>
    public static string? Assembly(string directory, string name) =>
        OfThisRuntime(directory, name + ".dll") ?? Existing(Path.Combine(directory, name + ".dll"));

    /// <summary>Returns the satellite assembly of a culture in a directory, or null.</summary>
    public static string? Satellite(string directory, string culture, string name) => Existing(Path.Combine(directory, culture, name + ".dll"));

    /// <summary>Returns whether a file is the satellite assembly of a culture.</summary>
    public static bool IsSatellite(string path, string culture, string name) =>
        path.EndsWith($"/{culture}/{name}.dll", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns the native library of a name, as <c>DllImport</c> has it, in a directory, or null.</summary>
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

    /// <summary>The names that .NET tries for one, in its order: a name with a suffix is a file name first.</summary>
    private static string[] NativeNames(string name) =>
        name.EndsWith(".so", StringComparison.Ordinal) || name.Contains(".so.", StringComparison.Ordinal)
            ? [name, "lib" + name, name + ".so", $"lib{name}.so"]
            : [name + ".so", $"lib{name}.so", name, "lib" + name];

    /// <summary>Such as <c>runtimes/unix/lib/net8.0/NAME.dll</c>.</summary>
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

    /// <summary>The version that a directory such as net8.0 is for; that of netstandard2.0 is less than all of .NET's. Null if it is for another platform.</summary>
    private static Version? FrameworkVersion(string directory)
    {
        var name = Path.GetFileName(directory);
        if (name.StartsWith("netstandard", StringComparison.Ordinal))
            return new Version(1, 0);
        var digits = name.StartsWith("netcoreapp", StringComparison.Ordinal) ? name["netcoreapp".Length..] : name.StartsWith("net", StringComparison.Ordinal) ? name["net".Length..] : "";
        return digits.Contains('.', StringComparison.Ordinal) && Version.TryParse(digits, out var version) ? version : null;
    }

    /// <summary>A distribution's own .NET names itself after it, such as ubuntu.24.04-x64, and loads what is for any Linux, too.</summary>
    private static string[] Identifiers()
    {
        var own = RuntimeInformation.RuntimeIdentifier;
        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        string[] musl = own.Contains("musl", StringComparison.Ordinal) || own.StartsWith("alpine", StringComparison.Ordinal) ? [$"linux-musl-{architecture}", "linux-musl"] : [];
        return [.. new[] { own }.Concat(musl).Concat([$"linux-{architecture}", "linux", $"unix-{architecture}", "unix"]).Distinct()];
    }

    private static string? Existing(string path) => File.Exists(path) ? path : null;
}
