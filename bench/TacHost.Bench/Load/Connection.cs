using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using TacHost.Bench.Interop;

namespace TacHost.Bench.Load;

/// <summary>One blocking connection to a server on this machine.</summary>
internal sealed unsafe class Connection : IDisposable
{
    private readonly int _socket;

    private Connection(int socket) => _socket = socket;

    /// <summary>Null while nobody listens.</summary>
    public static Connection? TryOpen(int port)
    {
        var socket = Libc.Socket(Libc.Internet, Libc.Stream | Libc.CloseOnExec, 0);
        if (socket < 0)
            throw new InvalidOperationException($"socket: {Marshal.GetLastPInvokeErrorMessage()}");
        var address = Libc.SocketAddress.Loopback(port);
        if (Libc.Connect(socket, &address, sizeof(Libc.SocketAddress)) == 0)
            return new Connection(socket);
        _ = Libc.Close(socket);
        return null;
    }

    /// <summary>Fetches a poem as soon as somebody listens.</summary>
    /// <param name="port">Of the server.</param>
    /// <param name="poem">What must come.</param>
    /// <param name="giveUp">Asked between attempts: why there is no sense in trying on, or null.</param>
    public static void FetchWhenThere(int port, ReadOnlySpan<byte> poem, Func<string?> giveUp)
    {
        const uint pause = 200;
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            using (var connection = TryOpen(port))
            {
                if (connection is not null)
                {
                    connection.Expect(poem);
                    return;
                }
            }

            if (giveUp() is { } reason)
                throw new InvalidOperationException(reason);
            if (Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(60))
                throw new TimeoutException($"Nobody answers on port {port}.");
            _ = Libc.SleepMicroseconds(pause);
        }
    }

    /// <summary>Takes everything to the end.</summary>
    /// <returns>How many bytes that was.</returns>
    public long TakeAll()
    {
        const int size = 256 * 1024;
        var buffer = (byte*)NativeMemory.Alloc(size);
        try
        {
            long length = 0;
            while (Libc.Receive(_socket, buffer, size, 0) is > 0 and var count)
                length += count;
            return length;
        }
        finally
        {
            NativeMemory.Free(buffer);
        }
    }

    /// <summary>Sends a short text.</summary>
    public void Send(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        fixed (byte* start = bytes)
        {
            if (Libc.Send(_socket, start, bytes.Length, 0) != bytes.Length)
                throw new InvalidOperationException($"send: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    public void Dispose() => _ = Libc.Close(_socket);

    private void Expect(ReadOnlySpan<byte> poem)
    {
        Span<byte> buffer = stackalloc byte[16 * 1024];
        var length = 0;
        fixed (byte* start = buffer)
        {
            while (length < buffer.Length && Libc.Receive(_socket, start + length, buffer.Length - length, 0) is > 0 and var count)
                length += (int)count;
        }

        if (!buffer[..length].SequenceEqual(poem))
            throw new InvalidOperationException($"What came is not the poem: {length} bytes instead of {poem.Length}.");
    }
}
