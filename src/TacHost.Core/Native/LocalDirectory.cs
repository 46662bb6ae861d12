using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>A directory that is accessed through its own file descriptor.</summary>
internal sealed class LocalDirectory(SafeFileHandle handle) : IDirectoryCalls
{
    public SafeFileHandle Handle { get; } = handle;

    public FileStatus? Status(string name) => FileStatusOf.At(Handle, name);

    public SafeFileHandle? OpenFile(string name, OpenFlags flags, uint mode)
    {
        var descriptor = LibcFiles.OpenAt(Handle, name, flags | OpenFlags.CloseOnExec | OpenFlags.NonBlocking | OpenFlag.NoFollow, mode);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    public bool Rename(string from, string to) => LibcFiles.RenameAt(Handle, from, Handle, to) == 0;

    public bool Delete(string name) => LibcFiles.UnlinkAt(Handle, name, 0) == 0;

    public void Dispose() => Handle.Dispose();
}
