using System.Buffers;
using Microsoft.Win32.SafeHandles;
using TacHost.Ftp.Files;
using TacHost.Native;

namespace TacHost.Ftp.Data;

/// <summary>Transfers the content of files in blocks. The next block is read after the previous one has been sent.</summary>
internal static class FileContent
{
    public static async Task SendAsync(SafeFileHandle file, long start, bool ascii, TransferStream data)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(TransferStream.BufferSize);
        try
        {
            ToNetworkLines lines = new();
            var position = start;
            while (OnDisk(() => RandomAccess.Read(file, buffer, position)) is > 0 and var count)
            {
                position += count;
                await data.WriteAsync(ascii ? lines.Convert(buffer.AsSpan(0, count)) : buffer.AsMemory(0, count));
            }

            await data.FinishAsync();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <param name="file">The target file.</param>
    /// <param name="start">The offset at which the file is truncated and writing starts, or null to append.</param>
    /// <param name="ascii">True to convert line ends.</param>
    /// <param name="data">The data connection.</param>
    public static async Task ReceiveAsync(SafeFileHandle file, long? start, bool ascii, TransferStream data)
    {
        if (start is { } length)
            RootedDirectory.Truncate(file, length);
        var buffer = ArrayPool<byte>.Shared.Rent(TransferStream.BufferSize);
        try
        {
            FromNetworkLines lines = new();
            var position = start ?? 0; // ignored by a file opened for appending
            while (await data.ReadAsync(buffer) is > 0 and var count)
                Write(ascii ? lines.Convert(buffer.AsMemory(0, count)) : buffer.AsMemory(0, count));
            Write(lines.Rest);
            await data.AnswerEndAsync();

            void Write(ReadOnlyMemory<byte> bytes)
            {
                OnDisk(() =>
                {
                    RandomAccess.Write(file, bytes.Span, position);
                    return 0;
                });
                position += bytes.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Runs a disk operation, and converts its errors to <see cref="FileRefusedException"/>, so that they differ from network errors.</summary>
    private static int OnDisk(Func<int> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FileRefusedException(e.HResult is Errno.NoSpace or Errno.QuotaExceeded ? e.HResult : 0);
        }
    }
}
