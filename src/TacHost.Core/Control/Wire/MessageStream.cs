using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using TacHost.Native;

namespace TacHost.Control.Wire;

/// <summary>A connection with one UTF-8 message per line, each with an optional file descriptor.</summary>
/// <param name="socket">The connection.</param>
/// <param name="longestMessage">The maximum length of a received message in bytes.</param>
internal sealed class MessageStream(LocalSocket socket, int longestMessage) : IDisposable
{
    private const int FirstSize = 4096;

    private readonly Lock _sending = new();
    private byte[] _buffer = new byte[FirstSize];
    private int _start;
    private int _end;

    /// <summary>Gets the last received file descriptor, or null. <see cref="TakeAttached"/> transfers its ownership.</summary>
    public SafeFileHandle? Attached { get; private set; }

    /// <summary>Receives a message, which is valid until the next call.</summary>
    /// <param name="timeout">The maximum time to wait, or <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    /// <returns>The message without its line feed, or null at the end of the connection.</returns>
    /// <exception cref="TimeoutException">A complete message was not received in time.</exception>
    /// <exception cref="InvalidDataException">The message is too long.</exception>
    public ReadOnlyMemory<byte>? Receive(TimeSpan timeout)
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
            var left = timeout == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : timeout - Stopwatch.GetElapsedTime(began);
            if (left <= TimeSpan.Zero || !socket.WaitForInput(left))
                throw new TimeoutException($"There was no whole message within {timeout.TotalSeconds:0.###} s.");
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

    /// <summary>Transfers the ownership of the received file descriptor to the caller.</summary>
    public SafeFileHandle? TakeAttached()
    {
        var attached = Attached;
        Attached = null;
        return attached;
    }

    /// <summary>Sends a complete message, including its line feed.</summary>
    /// <returns>True if the message was sent completely in time.</returns>
    public bool Send(ReadOnlySpan<byte> line, TimeSpan timeout, SafeFileHandle? attached = null)
    {
        lock (_sending)
            return socket.Send(line, timeout, attached);
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
