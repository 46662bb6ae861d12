using System.Globalization;
using TacHost.TestSupport.Running.Interop;

namespace TacHost.TestSupport.Running;

/// <summary>Signals that the process of the tests was started to ignore, as SIGINT is in the background of a script. Every program that it starts would ignore them too.</summary>
internal static class IgnoredSignals
{
    /// <summary>Those that a shell or a runner may have set. The runtime itself ignores SIGPIPE, and takes care of its children.</summary>
    private static readonly int[] _signals = [Libc.SigHup, Libc.SigInt, Libc.SigQuit, Libc.SigUsr1, Libc.SigUsr2, Libc.SigTerm, Libc.SigTstp, Libc.SigTtin, Libc.SigTtou];

    /// <summary>Sets them to their default, which programs inherit.</summary>
    public static void Reset()
    {
        var ignored = ulong.Parse(File.ReadLines("/proc/self/status").Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)).Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        foreach (var signal in _signals.Where(signal => (ignored >> (signal - 1) & 1) != 0))
            Libc.Signal(signal, Libc.Default);
    }
}
