using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using TacHost.Interop;

namespace TacHost.Control.Wire;

/// <summary>A connection that carries one message a line, in UTF-8, each with a descriptor if need be.</summary>
/// <param name="socket">The connection.</param>
/// <param name="longestMessage">The number of bytes that a received message may have.</param>
internal sealed class MessageStream(LocalSocket socket, int longestMessage) : IDisposable
{
    private const int FirstSize = 4096;

    private readonly Lock _sending = new();
    private byte[] _buffer = new byte[FirstSize];
    private int _start;
    private int _end;

    /// <summary>Gets the descriptor that came last, which belongs to whoever takes it; null if none came.</summary>
    public SafeFileHandle? Attached { get; private set; }

    /// <summary>Receives a message, which is valid until the next call.</summary>
    /// <param name="patience">How long to wait, or <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    /// <returns>The message without its line feed, or null at the end.</returns>
    /// <exception cref="TimeoutException">It did not come in time.</exception>
    /// <exception cref="InvalidDataException">It is too long.</exception>
    public ReadOnlyMemory<byte>? Receive(TimeSpan patience)
    {
        var began = Stopwatch.GetTimestamp();
        var searched = 0;
        while (true)
        {
            if (_buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n') is >= 0 and var at)
            {
                ReadOnlyMemory<byte> message = _buffer.AsMemory(_start, searched + at);
                _start += searched + at + 1;
                return message;
            }

            searched = _end - _start;
            if (searched > longestMessage)
                throw new InvalidDataException($"The message is longer than {longestMessage} bytes.");
            var left = patience == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : patience - Stopwatch.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || !socket.WaitForInput(left))
                throw new TimeoutException($"There was no whole message within {patience.TotalSeconds:0.###} s.");
            MakeRoom();
            var count = socket.Receive(_buffer.AsSpan(_end), out var attached);
            if (attached is not null)
            {
                Attached?.Dispose();
                Attached = attached;
            }

            if (count == 0)
                return null;
            _end += count;
        }
    }

    /// <summary>Leaves the descriptor that came to the caller.</summary>
    public SafeFileHandle? TakeAttached()
    {
        var attached = Attached;
        Attached = null;
        return attached;
    }

    /// <summary>Sends a message whole, with its line feed.</summary>
    /// <returns>Whether the peer took all of it in time.</returns>
    public bool Send(ReadOnlySpan<byte> line, TimeSpan patience, SafeFileHandle? attached = null)
    {
        lock (_sending)
            return socket.Send(line, patience, attached);
    }

    public void Dispose()
    {
        Attached?.Dispose();
        socket.Dispose();
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
    }
}
