using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace TacHost.Native;

/// <summary>Executes the calls of <see cref="RemoteDirectory"/> for another process, restricted to certain files of certain directories.</summary>
/// <param name="socket">The connection to that process.</param>
/// <param name="directories">Each directory, and the name of the permitted file in it. The name followed by a '.' and a number is also permitted.</param>
internal sealed class DirectoryServer(DescriptorSocket socket, IReadOnlyList<(LocalDirectory Directory, string Name)> directories)
{
    /// <summary>The size of every response in bytes.</summary>
    public static readonly int AnswerSize = sizeof(int) + Unsafe.SizeOf<FileStatus>();

    private const int LongestQuestion = 4096;
    private const OpenFlags AllowedFlags = OpenFlags.WriteOnly | OpenFlags.ReadWrite | OpenFlags.Append | OpenFlags.Create | OpenFlags.Exclusive;

    /// <summary>Serves requests until the other process has exited.</summary>
    public void Run()
    {
        var question = new byte[LongestQuestion];
        var answer = new byte[AnswerSize];
        while (socket.Receive(question, out var unwanted) is > 0 and var length)
        {
            unwanted?.Dispose();
            using var file = Answer(question.AsMemory(0, length), out var error, out var status);
            MemoryMarshal.Write(answer, error);
            MemoryMarshal.Write(answer.AsSpan(sizeof(int)), status);
            if (!socket.Send(answer, file))
                return;
        }
    }

    private SafeFileHandle? Answer(ReadOnlyMemory<byte> question, out int error, out FileStatus status)
    {
        (error, status) = (Errno.NotPermitted, default);
        try
        {
            using BinaryReader reader = new(new MemoryStream(question.ToArray()), Encoding.UTF8);
            var call = (RemoteDirectory.Call)reader.ReadByte();
            var number = reader.ReadInt32();
            var (flags, mode) = ((OpenFlags)reader.ReadInt32(), reader.ReadUInt32());
            var (name, other) = (reader.ReadString(), reader.ReadString());
            if (number < 0 || number >= directories.Count || !IsAllowed(number, name) || (call == RemoteDirectory.Call.Rename && !IsAllowed(number, other)) || (flags & ~AllowedFlags) != 0)
                return null;
            return Do(directories[number].Directory, call, name, other, flags, mode, out error, out status);
        }
        catch (Exception e) when (e is IOException or FormatException)
        {
            // The question ends too early, or the length of a name is none.
            return null;
        }
    }

    private static SafeFileHandle? Do(LocalDirectory directory, RemoteDirectory.Call call, string name, string other, OpenFlags flags, uint mode, out int error, out FileStatus status)
    {
        status = default;
        SafeFileHandle? file = null;
        var isDone = false;
        switch (call)
        {
            case RemoteDirectory.Call.Status when directory.Status(name) is { } found:
                (status, isDone) = (found, true);
                break;
            case RemoteDirectory.Call.OpenFile when directory.OpenFile(name, flags, mode) is { } opened:
                (file, isDone) = (opened, true);
                break;
            case RemoteDirectory.Call.Rename:
                isDone = directory.Rename(name, other);
                break;
            case RemoteDirectory.Call.Delete:
                isDone = directory.Delete(name);
                break;
        }

        error = isDone ? 0 : Marshal.GetLastPInvokeError();

        // An open directory would be a way out of the chroot.
        if (file is null || FileStatusOf.Open(file) is { IsRegularFile: true })
            return file;
        file.Dispose();
        error = Errno.NotPermitted;
        return null;
    }

    private bool IsAllowed(int number, string name)
    {
        var allowed = directories[number].Name;
        return name == allowed || (name.StartsWith(allowed + ".", StringComparison.Ordinal) && name.AsSpan(allowed.Length + 1) is { Length: > 0 } rest && !rest.ContainsAnyExceptInRange('0', '9'));
    }
}
