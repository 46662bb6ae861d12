using System.Runtime.InteropServices;

namespace TacHost.Daemon;

/// <summary>
/// The ICU library, which the runtime needs for cultures. Without ICU, the runtime aborts
/// the process unless cultures are set to invariant before their first use.
/// </summary>
internal static class Icu
{
    private const int Newest = 100, Oldest = 50;
    private const string InvariantSwitch = "System.Globalization.Invariant";
    private const string InvariantVariable = "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT";

    /// <summary>The notice for a machine without the library.</summary>
    public const string Notice = "ICU is not installed (libicu), so cultures are invariant: texts are compared by their bytes, and dates and numbers have one form. Install libicu, or set DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 to say that this is meant.";

    /// <summary>Gets whether cultures are invariant because the library is missing.</summary>
    public static bool IsMissing { get; private set; }

    /// <summary>Makes cultures invariant if the library is missing. Call this before any use of a culture.</summary>
    public static void UseInvariantIfMissing()
    {
        if (Environment.GetEnvironmentVariable(InvariantVariable) is not null || IsInAUsualPlace() || CanBeLoaded())
            return;
        IsMissing = true;
        AppContext.SetSwitch(InvariantSwitch, true);
    }

    private static bool IsInAUsualPlace()
    {
        var architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64" : "x86_64";
        foreach (var directory in (string[])[$"/usr/lib/{architecture}-linux-gnu/", "/usr/lib64/", "/usr/lib/"])
        {
            for (var version = Newest; Directory.Exists(directory) && version >= Oldest; version--)
            {
                if (new FileInfo(NameOf(version, directory)) is { Exists: true, Length: > 0 })
                    return true;
            }
        }

        return false;
    }

    private static bool CanBeLoaded()
    {
        for (var version = Newest; version >= Oldest; version--)
        {
            if (NativeLibrary.TryLoad(NameOf(version), out _))
                return true;
        }

        return NativeLibrary.TryLoad("libicuuc.so", out _);
    }

    private static string NameOf(int version, string directory = "") => string.Concat(directory, "libicuuc.so.", Digits(version));

    /// <summary>Formats a number without using a culture, because ICU may be missing.</summary>
    private static string Digits(int version) => version == Newest ? "100" : new string([(char)('0' + (version / 10)), (char)('0' + (version % 10))]);
}
