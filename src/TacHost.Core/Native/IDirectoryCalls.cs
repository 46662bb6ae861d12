using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>The operations on the entries of a directory. After a result of false or null, <see cref="Marshal.GetLastPInvokeError"/> returns the error.</summary>
internal interface IDirectoryCalls : IDisposable
{
    /// <summary>Returns the status of an entry, without following a symbolic link.</summary>
    FileStatus? Status(string name);

    SafeFileHandle? OpenFile(string name, OpenFlags flags, uint mode);

    bool Rename(string from, string to);

    bool Delete(string name);
}
