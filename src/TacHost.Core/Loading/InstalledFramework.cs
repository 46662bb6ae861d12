namespace TacHost.Loading;

/// <summary>Finds the .NET that the host will run on, as the host's own start does: for a program that does not run on it itself.</summary>
internal static class InstalledFramework
{
    private const string Name = "Microsoft.NETCore.App";

    /// <summary>The .NET version that the host is built for. A later minor version is used if this one is not installed.</summary>
    private static readonly Version _wanted = new(10, 0);

    private static string Architecture => System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>Returns the directory with its assemblies.</summary>
    /// <exception cref="TacHostException">There is none.</exception>
    public static string Find()
    {
        List<string> looked = [];
        foreach (var root in Roots())
        {
            var all = Path.Combine(root, "shared", Name);
            if (Best(all) is { } found)
                return found;
            looked.Add($"'{all}'");
        }

        throw new TacHostException(ExitCode.Unavailable, $".NET {_wanted} is not installed. Looked for in {string.Join(", ", looked)}.\n  Install it (Debian, Ubuntu: apt-get install dotnet-runtime-{_wanted}; others: https://dotnet.microsoft.com/download/dotnet/{_wanted}), or name its directory in DOTNET_ROOT.");
    }

    /// <summary>The places in the order of hostfxr's resolver: beside the program, the environment, the files of /etc, the usual ones.</summary>
    private static IEnumerable<string> Roots()
    {
        var own = Path.GetFullPath("../dotnet", Installation.HostDirectory);
        if (Directory.Exists(own))
        {
            yield return own;
            yield break;
        }

        foreach (var variable in (string[])[$"DOTNET_ROOT_{Architecture.ToUpperInvariant()}", "DOTNET_ROOT"])
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named && Directory.Exists(named))
            {
                yield return named;
                yield break;
            }
        }

        foreach (var file in (string[])[$"/etc/dotnet/install_location_{Architecture.ToLowerInvariant()}", "/etc/dotnet/install_location"])
        {
            if (File.Exists(file) && File.ReadLines(file).FirstOrDefault() is { Length: > 0 } registered)
            {
                yield return registered;
                yield break;
            }
        }

        yield return "/usr/share/dotnet";
        yield return "/usr/lib/dotnet";
    }

    /// <summary>The newest patch of the wanted version, or of the nearest minor version above it.</summary>
    private static string? Best(string directory)
    {
        if (!Directory.Exists(directory))
            return null;
        Version? best = null;
        foreach (var path in Directory.EnumerateDirectories(directory))
        {
            if (Version.TryParse(Path.GetFileName(path), out var version) && version.Major == _wanted.Major && version.Minor >= _wanted.Minor
                && (best is null || version.Minor < best.Minor || (version.Minor == best.Minor && version > best)))
                best = version;
        }

        return best is null ? null : Path.Combine(directory, best.ToString());
    }
}
