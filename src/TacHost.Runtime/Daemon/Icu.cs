using System.Runtime.InteropServices;

namespace TacHost.Daemon;

/// <summary>
/// The ICU library, which the runtime needs for cultures. Without ICU, the runtime aborts
/// the process unless cultures are set to invariant before their first use.
/// </summary>
internal static class Icu
{
    private const string InvariantSwitch = "System.Globalization.Invariant";
    private const string InvariantVariable = "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT";

    /// <summary>The notice for a machine without the library.</summary>
    public const string Notice = "ICU is not installed (libicu), so cultures are invariant: texts are compared by their bytes, and dates and numbers have one form. Install libicu, or set DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 to accept this.";

    /// <summary>Gets whether cultures are invariant because the library is missing.</summary>
    public static bool IsMissing { get; private set; }

    /// <summary>Makes cultures invariant if the library is missing. Call this before any use of a culture.</summary>
    public static void UseInvariantIfMissing()
    {
        if (Environment.GetEnvironmentVariable(InvariantVariable) is not null || RuntimeSettings.NamesIcu || IcuLibrary.FindVersion() is not null || CanBeLoaded())
            return;
        IsMissing = true;
        AppContext.SetSwitch(InvariantSwitch, true);
    }

    private static bool CanBeLoaded()
    {
        for (var version = IcuLibrary.Newest; version >= IcuLibrary.Oldest; version--)
        {
            if (NativeLibrary.TryLoad(IcuLibrary.NameOf(version), out _))
                return true;
        }

        return NativeLibrary.TryLoad("libicuuc.so", out _);
    }
}
