using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace TacHost.Services.Networking;

/// <summary>A protocol of netstrings. Each string is sent as its length in decimal digits, a colon, its bytes, and a comma.</summary>
/// <remarks>Override one of the three methods that receive a string. Ported from <c>twisted.protocols.basic.NetstringReceiver</c>. The format is described in https://cr.yp.to/proto/netstrings.txt.</remarks>
public abstract class NetstringProtocol : FramedProtocol
{
    private const int DefaultMaxLength = 99_999;
    private const int MarksOfAnEnd = 2;

    private int _maxLength = DefaultMaxLength;
    private int _digits = Digits(DefaultMaxLength);

    /// <summary>Gets or sets how long a string from the peer may be, in bytes. Defaults to 99,999.</summary>
    protected int MaxLength
    {
        get => _maxLength;
        set
        {
            _maxLength = SettingRange.AtLeast(value, 0);
            _digits = Digits(value);
        }
    }

    /// <inheritdoc/>
    private protected sealed override long LongestPiece => (long)MaxLength + _digits + MarksOfAnEnd;

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

    /// <summary>
    /// Called for data that is not a netstring or is too long. The connection is closed after the call, because the start of the next netstring is unknown.
    /// </summary>
    /// <param name="reason">The error, as a clause: "its length is …".</param>
    protected virtual void NetstringBroken(string reason)
    {
    }

    /// <summary>Sends a string. Thread-safe.</summary>
    public void SendString(ReadOnlySpan<byte> text) =>
        Transport.Write((byte[])[.. Encoding.ASCII.GetBytes(text.Length.ToString(CultureInfo.InvariantCulture)), (byte)':', .. text, (byte)',']);

    /// <summary>Sends a string as UTF-8. Thread-safe.</summary>
    public void SendString(string text) => SendString(Encoding.UTF8.GetBytes(text));

    /// <inheritdoc/>
    private protected sealed override int Consume(ReadOnlySpan<byte> data)
    {
        var digits = data.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        var seen = digits < 0 ? data.Length : digits;

        // The leading zero is checked first, because it is detected first if the digits arrive one by one.
        if (seen > 1 && data[0] == '0')
            return Break("its length begins with a zero");
        if (seen > _digits)
            return Break($"its length has more than {_digits} digit(s), and at most {MaxLength} is allowed");
        if (digits < 0)
            return 0;
        if (digits == 0 || data[digits] != ':')
            return Break(digits == 0 ? "it does not begin with a digit" : "its length is not followed by a colon");
        if (!Utf8Parser.TryParse(data[..digits], out long length, out _) || length > MaxLength)
            return Break($"its length is {length}, and at most {MaxLength} is allowed");
        var end = digits + 1 + (int)length;
        if (data.Length <= end)
            return 0;
        if (data[end] != ',')
            return Break("it does not end in a comma");
        StringReceived(data[(digits + 1)..end]);
        return end + 1;
    }

    private int Break(string reason)
    {
        NetstringBroken(reason);
        Transport.LoseConnection();
        return 0;
    }

    private static int Digits(int number) => number.ToString(CultureInfo.InvariantCulture).Length;
}
