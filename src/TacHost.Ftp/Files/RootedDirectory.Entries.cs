using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Ftp.Files;

/// <summary>The enumeration of directories.</summary>
internal sealed partial class RootedDirectory
{
    // struct linux_dirent64 of getdents64(2)
    private const int RecordLengthOffset = 16;
    private const int NameOffset = 19;
    private const int EntriesBuffer = 32 * 1024;

    private static readonly UTF8Encoding _strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Returns the files and directories in a directory, unsorted and read lazily.</summary>
    /// <remarks>
    /// Skips entries that a client cannot name: names that are not UTF-8 or contain control characters.
    /// Also skips symbolic links whose target is missing or outside the root.
    /// </remarks>
    /// <exception cref="FileRefusedException">The path is not a directory, or cannot be read.
    /// Thrown by this call, and by the enumeration if the directory has changed.</exception>
    public IEnumerable<DirectoryEntry> Entries(VirtualPath path)
    {
        // Only checks the access. The descriptor is closed, because a client may never fetch the listing.
        OpenToList(path).Dispose();
        return Enumerate(path);
    }

    private IEnumerable<DirectoryEntry> Enumerate(VirtualPath path)
    {
        using var directory = OpenToList(path);
        var buffer = new byte[EntriesBuffer];
        while (ReadEntries(directory, buffer) is { Count: > 0 } names)
        {
            foreach (var name in names)
            {
                if (TryStatus(path, directory, name, out var status))
                    yield return new DirectoryEntry(name, status);
            }
        }
    }

    private SafeFileHandle OpenToList(VirtualPath path) => OpenAt(path, OpenFlags.ReadOnly | OpenFlag.Directory);

    private bool TryStatus(VirtualPath path, SafeFileHandle directory, string name, out FileStatus status)
    {
        if (name.Any(char.IsControl) || FileStatusOf.At(directory, name) is not { } found)
        {
            status = default;
            return false;
        }

        status = found;
        if (!status.IsSymbolicLink)
            return true;
        try
        {
            status = StatusOf(path.Child(name));
            return true;
        }
        catch (FileRefusedException)
        {
            return false;
        }
    }

    /// <summary>Reads some more names. Returns an empty list at the end.</summary>
    private static unsafe List<string> ReadEntries(SafeFileHandle directory, byte[] buffer)
    {
        List<string> names = [];
        nint length;
        do
        {
            fixed (byte* pointer = buffer)
                length = LibcFiles.GetDents64(directory, pointer, (nuint)buffer.Length);
            if (length < 0)
                throw Refused();
            for (var at = 0; at < length; at += BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(at + RecordLengthOffset)))
            {
                var bytes = buffer.AsSpan(at + NameOffset);
                if (TryDecode(bytes[..bytes.IndexOf((byte)0)]) is { } name)
                    names.Add(name);
            }
        }
        while (length > 0 && names.Count == 0);
        return names;
    }

    private static string? TryDecode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return bytes.SequenceEqual("."u8) || bytes.SequenceEqual(".."u8) ? null : _strictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
