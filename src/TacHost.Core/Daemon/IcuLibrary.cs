using System.Runtime.InteropServices;

namespace TacHost.Daemon;

/// <summary>The file of the ICU library, which .NET needs for cultures.</summary>
internal static class IcuLibrary
{
    /// <summary>The range of versions to look for.</summary>
    public const int Newest = 100, Oldest = 50;

    /// <summary>Returns the newest version in the usual places, or null. Uses no culture, because ICU may be missing.</summary>
    public static string? FindVersion()
    {
        var architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64" : "x86_64";
        foreach (var directory in (string[])[$"/usr/lib/{architecture}-linux-gnu/", "/usr/lib64/", "/usr/lib/"])
        {
            for (var version = Newest; Directory.Exists(directory) && version >= Oldest; version--)
            {
                if (new FileInfo(NameOf(version, directory)) is { Exists: true, Length: > 0 })
                    return Digits(version);
            }
        }

        return null;
    }

    public static string NameOf(int version, string directory = "") => string.Concat(directory, "libicuuc.so.", Digits(version));

    private static string Digits(int version) => version == Newest ? "100" : new string([(char)('0' + (version / 10)), (char)('0' + (version % 10))]);
}
