using System.Runtime.InteropServices;

namespace TacHost.TestSupport.Running.Interop;

/// <summary>Calls of the C library.</summary>
internal static partial class Libc
{
    public const int SigHup = 1;
    public const int SigInt = 2;
    public const int SigQuit = 3;
    public const int SigUsr1 = 10;
    public const int SigUsr2 = 12;
    public const int SigTerm = 15;
    public const int SigTstp = 20;
    public const int SigTtin = 21;
    public const int SigTtou = 22;

    /// <summary>SIG_DFL.</summary>
    public static nint Default => 0;

    /// <summary>signal(2).</summary>
    [LibraryImport("libc", EntryPoint = "signal")]
    internal static partial nint Signal(int signal, nint handler);
}
