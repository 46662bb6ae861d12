using Microsoft.Win32.SafeHandles;
using TacHost.Services.Interop;
using TacHost.Services.Networking.Connections;

namespace TacHost.Services.Networking.Listening;

/// <summary>The file descriptors that accepting leaves to the rest of the process: the log, outgoing connections, and .NET itself, which ends the process when it needs one and gets none.</summary>
/// <remarks>The kernel always gives out the lowest free number, so a high number says that all below it are in use, whoever uses them.</remarks>
internal sealed class DescriptorReserve
{
    private const int Most = 32;
    private const int Least = 8;

    /// <summary>O_PATH | O_CLOEXEC: needs no permission, and reads nothing.</summary>
    private const int PathOnly = 0x280000;

    private int _limit;
    private int _first;

    public DescriptorReserve() => ReadLimit();

    /// <summary>How many descriptors the process may have.</summary>
    public int Limit => _limit;

    /// <summary>How many of them are kept back: fewer where there are few.</summary>
    public int Size => _limit - _first;

    /// <summary>Whether an accepted connection is the last one for which there is room. Costs no system call.</summary>
    public bool IsReachedBy(StreamSocket accepted) => accepted.Descriptor >= _first - 1;

    /// <summary>Whether there is room for another connection, and still for the reserve. Notices a limit that has been changed.</summary>
    public bool HasRoom()
    {
        ReadLimit();
        var lowest = Libc.Open("/", PathOnly);
        if (lowest < 0)
            return false;
        new SafeFileHandle(lowest, ownsHandle: true).Dispose();
        return lowest < _first;
    }

    private void ReadLimit()
    {
        _limit = Libc.GetLimit(Libc.OpenFiles, out var limits) == 0 ? (int)Math.Min(limits.Soft, int.MaxValue) : int.MaxValue;
        _first = _limit - Math.Clamp(_limit / 8, Least, Most);
    }
}
