using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>A directory that another process has open (<see cref="DirectoryServer"/>), for a process that cannot reach it, such as after chroot(2).</summary>
/// <param name="socket">The connection to that process, shared by all its directories.</param>
/// <param name="number">The index of the directory.</param>
internal sealed class RemoteDirectory(DescriptorSocket socket, int number) : IDirectoryCalls
{
    /// <summary>The operation codes of the protocol.</summary>
    public enum Call : byte
    {
        Status,
        OpenFile,
        Rename,
        Delete,
    }

    public FileStatus? Status(string name) => Ask(Call.Status, name) is { Error: 0 } answer ? answer.Status : null;

    public SafeFileHandle? OpenFile(string name, OpenFlags flags, uint mode) => Ask(Call.OpenFile, name, "", flags, mode).File;

    public bool Rename(string from, string to) => Ask(Call.Rename, from, to).Error == 0;

    public bool Delete(string name) => Ask(Call.Delete, name).Error == 0;

    /// <summary>Does nothing. The process that started the other one is responsible for it.</summary>
    public void Dispose()
    {
    }

    private (int Error, FileStatus Status, SafeFileHandle? File) Ask(Call call, string name, string other = "", OpenFlags flags = 0, uint mode = 0)
    {
        using MemoryStream question = new();
        using (BinaryWriter writer = new(question, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write((byte)call);
            writer.Write(number);
            writer.Write((int)flags);
            writer.Write(mode);
            writer.Write(name);
            writer.Write(other);
        }

        Span<byte> answer = stackalloc byte[DirectoryServer.AnswerSize];
        SafeFileHandle? file;
        lock (socket)
        {
            if (!socket.Send(question.GetBuffer().AsSpan(0, (int)question.Length)) || socket.Receive(answer, out file) != answer.Length)
            {
                Marshal.SetLastPInvokeError(Errno.BrokenPipe);
                return (Errno.BrokenPipe, default, null);
            }
        }

        var error = MemoryMarshal.Read<int>(answer);
        Marshal.SetLastPInvokeError(error);
        return (error, MemoryMarshal.Read<FileStatus>(answer[sizeof(int)..]), file);
    }
}
