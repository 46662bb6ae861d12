using System.Buffers.Binary;
using System.Text;

namespace TacHost.Services.Networking;

/// <summary>A protocol of strings with a length prefix.</summary>
/// <remarks>Override one of the three methods that receive a string. Ported from <c>twisted.protocols.basic.IntNStringReceiver</c> and its kinds.</remarks>
public abstract class LengthPrefixedProtocol : FramedProtocol
{
    private const int DefaultMaxLength = 99_999;

    private readonly int _prefix;
    private int _maxLength = DefaultMaxLength;

    /// <summary>Initializes a protocol with the size of the prefix.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a member of <see cref="LengthPrefix"/>.</exception>
    protected LengthPrefixedProtocol(LengthPrefix prefix)
    {
        if (!Enum.IsDefined(prefix))
            throw new ArgumentOutOfRangeException(nameof(prefix), prefix, "A length is written in 1, 2 or 4 bytes.");
        _prefix = (int)prefix;
    }

    /// <summary>Gets or sets how long a string from the peer may be, in bytes. Defaults to 99,999.</summary>
    protected int MaxLength
    {
        get => _maxLength;
        set
        {
            _maxLength = SettingRange.AtLeast(value, 0);
        }
    }

    /// <inheritdoc/>
    private protected sealed override long LongestPiece => (long)MaxLength + _prefix;

    /// <summary>Called with each string as it was received. Defaults to <see cref="StringReceivedAsync"/> with a copy.</summary>
    /// <param name="text">The string. Valid only during the call.</param>
    protected virtual void StringReceived(ReadOnlySpan<byte> text) => PauseUntil(StringReceivedAsync(text.ToArray()));

    /// <summary>Called with each string as text, decoded from UTF-8.</summary>
    protected virtual void StringReceived(string text) => throw NotOverridden("StringReceived or StringReceivedAsync");

    /// <summary>Called with each string. The next one is not received until the task ends, so answers are sent in the order of the requests. Defaults to <see cref="StringReceived(string)"/>.</summary>
    /// <remarks>An exception is logged and aborts the connection. A connection that ends meanwhile is noticed when the task ends. Runs like the other callbacks up to its first await.</remarks>
    protected virtual Task StringReceivedAsync(ReadOnlyMemory<byte> text)
    {
        StringReceived(Encoding.UTF8.GetString(text.Span));
        return Task.CompletedTask;
    }

    /// <summary>Called when the peer announces a string longer than <see cref="MaxLength"/>. The connection is closed after the call.</summary>
    protected virtual void LengthLimitExceeded(long length)
    {
    }

    /// <summary>Sends a string. Thread-safe.</summary>
    /// <exception cref="ArgumentException">The string is too long for the prefix.</exception>
    public void SendString(ReadOnlySpan<byte> text)
    {
        var longest = (1L << (8 * _prefix)) - 1;
        if (text.Length > longest)
            throw new ArgumentException($"A string of {text.Length} bytes cannot be sent, because its length is written in {_prefix} byte(s), which is enough for {longest}. Send it in parts, or use a longer prefix.", nameof(text));
        var data = new byte[_prefix + text.Length];
        WriteLength(data, (uint)text.Length);
        text.CopyTo(data.AsSpan(_prefix));
        Transport.Write(data);
    }

    /// <summary>Sends a string as UTF-8. May be called from any thread.</summary>
    /// <exception cref="ArgumentException">The string is longer than the prefix can express.</exception>
    public void SendString(string text) => SendString(Encoding.UTF8.GetBytes(text));

    /// <inheritdoc/>
    private protected sealed override int Consume(ReadOnlySpan<byte> data)
    {
        if (data.Length < _prefix)
            return 0;
        long length = _prefix switch
        {
            1 => data[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(data),
            _ => BinaryPrimitives.ReadUInt32BigEndian(data),
        };
        if (length > MaxLength)
        {
            LengthLimitExceeded(length);
            Transport.LoseConnection();
            return 0;
        }

        var end = _prefix + (int)length;
        if (data.Length < end)
            return 0;
        StringReceived(data[_prefix..end]);
        return end;
    }

    private void WriteLength(Span<byte> data, uint length)
    {
        Span<byte> all = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(all, length);
        all[^_prefix..].CopyTo(data);
    }
}
