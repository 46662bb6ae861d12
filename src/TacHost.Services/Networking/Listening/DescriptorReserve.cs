using Microsoft.Win32.SafeHandles;
using TacHost.Native;
using TacHost.Services.Networking.Connections;

namespace TacHost.Services.Networking.Listening;

/// <summary>The file descriptors that accepting reserves for the rest of the process: the log, outgoing connections, and the runtime.</summary>
/// <remarks>
/// The runtime ends the process if it cannot get a descriptor. The kernel always allocates
/// the lowest free number, so a high number means that all lower ones are in use.
/// </remarks>
internal sealed class DescriptorReserve
{
    private const int Most = 32;
    private const int Least = 8;

    private int _limit;
    private int _first;

    public DescriptorReserve() => ReadLimit();

    /// <summary>Gets the maximum number of descriptors of the process.</summary>
    public int Limit => _limit;

    /// <summary>Gets the number of reserved descriptors, which is smaller for a small limit.</summary>
    public int Size => _limit - _first;

    /// <summary>Returns whether an accepted connection uses the last descriptor outside of the reserve. Needs no system call.</summary>
    public bool IsReachedBy(StreamSocket accepted) => accepted.Descriptor >= _first - 1;

    /// <summary>Returns whether a connection can be accepted without using the reserve. Reads the limit again, because it may have changed.</summary>
    public bool HasRoom()
    {
        ReadLimit();
        // O_PATH needs no permission and reads nothing.
        var lowest = Libc.Open("/", OpenFlags.PathOnly | OpenFlags.CloseOnExec);
        if (lowest < 0)
            return false;
        new SafeFileHandle(lowest, ownsHandle: true).Dispose();
        return lowest < _first;
    }

    private void ReadLimit()
    {
        _limit = LibcSocketFiles.GetRLimit(LibcSocketFiles.RLimitNoFile, out var limits) == 0 ? (int)Math.Min(limits.Soft, int.MaxValue) : int.MaxValue;
        _first = _limit - Math.Clamp(_limit / 8, Least, Most);
    }
}
