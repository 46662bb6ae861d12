using Microsoft.Win32.SafeHandles;

namespace TacHost.Interop;

/// <summary>A directory that is accessed through its own file descriptor.</summary>
internal sealed class LocalDirectory(SafeFileHandle handle) : IDirectoryCalls
{
    private const int NoFollow = 0x100;
    private const uint BasicStatus = 0x7FF;

    /// <summary>Gets the descriptor.</summary>
    public SafeFileHandle Handle { get; } = handle;

    public FileStatus? Status(string name) =>
        Libc.GetStatusAt(Handle, name, NoFollow, BasicStatus, out var status) == 0 ? status : null;

    public SafeFileHandle? OpenFile(string name, OpenFlags flags, uint mode)
    {
        var descriptor = Libc.OpenAt(Handle, name, flags | OpenFlags.CloseOnExec | OpenFlags.NonBlocking | OpenFlag.NoFollow, mode);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    public bool Rename(string from, string to) => Libc.RenameAt(Handle, from, Handle, to) == 0;

    public bool Delete(string name) => Libc.UnlinkAt(Handle, name, 0) == 0;

    public void Dispose() => Handle.Dispose();
}
