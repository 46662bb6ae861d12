using System.Text;

namespace TacHost.Services.Networking;

/// <summary>A protocol of lines, with a raw mode for other data.</summary>
/// <remarks>
/// Override one of <see cref="LineReceived(string)"/>, <see cref="LineReceivedAsync"/> and <see cref="LineReceived(ReadOnlySpan{byte})"/>.
/// Ported from <c>twisted.protocols.basic.LineReceiver</c>, which accepts no LF without a CR unless its delimiter is set.
/// </remarks>
public abstract class LineProtocol : FramedProtocol
{
    private const int DefaultMaxLength = 16_384;

    private byte[] _delimiter = [.. "\r\n"u8];
    private bool _isExact;
    private int _maxLength = DefaultMaxLength;
    private int _searched;
    private bool _raw;
    private bool _skipping;

    /// <summary>Gets or sets the bytes that end a line. Defaults to CR LF for lines that are sent, and to LF with an optional CR before it for lines that are received.</summary>
    /// <remarks>Once set, it is exact in both directions. Set it in the constructor or in a callback.</remarks>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    protected ReadOnlyMemory<byte> Delimiter
    {
        get => _delimiter;
        set
        {
            if (value.IsEmpty)
                throw new ArgumentException("A line cannot end with nothing. Give the delimiter at least one byte.", nameof(value));
            _delimiter = value.ToArray();
            _isExact = true;
            _searched = 0;
        }
    }

    /// <summary>Gets or sets how long a line may be, in bytes and without its delimiter. Defaults to 16,384.</summary>
    protected int MaxLength
    {
        get => _maxLength;
        set
        {
            _maxLength = SettingRange.AtLeast(value, 0);
        }
    }

    /// <inheritdoc/>
    private protected sealed override long LongestPiece => (long)MaxLength + _delimiter.Length;

    /// <inheritdoc/>
    private protected sealed override bool IsRaw => _raw;

    /// <summary>Gets the bytes that are searched for at the end of a line.</summary>
    private ReadOnlySpan<byte> End => _isExact ? _delimiter : "\n"u8;

    /// <summary>Called with each line as it was received. Defaults to <see cref="LineReceivedAsync"/> with the line as text.</summary>
    /// <param name="line">The line without its delimiter. Valid only during the call.</param>
    protected virtual void LineReceived(ReadOnlySpan<byte> line) => PauseUntil(LineReceivedAsync(Encoding.UTF8.GetString(line)));

    /// <summary>Called with each line as text, decoded from UTF-8.</summary>
    /// <param name="line">The line without its delimiter.</param>
    protected virtual void LineReceived(string line) => throw NotOverridden("LineReceived or LineReceivedAsync");

    /// <summary>Called with each line as text. The next line is not received until the task ends, so answers are sent in the order of the requests. Defaults to <see cref="LineReceived(string)"/>.</summary>
    /// <remarks>An exception is logged and aborts the connection. A connection that ends meanwhile is noticed when the task ends. Runs like the other callbacks up to its first await.</remarks>
    /// <param name="line">The line without its delimiter, decoded from UTF-8.</param>
    protected virtual Task LineReceivedAsync(string line)
    {
        LineReceived(line);
        return Task.CompletedTask;
    }

    /// <summary>Called for data received in raw mode. The data can be split at any byte.</summary>
    /// <param name="data">The data. Valid only during the call.</param>
    protected virtual void RawDataReceived(ReadOnlySpan<byte> data)
    {
    }

    /// <summary>
    /// Called when a line is longer than <see cref="MaxLength"/>. The default implementation
    /// closes the connection. If an override keeps it open, the rest of the line is skipped.
    /// </summary>
    /// <param name="beginning">The first <see cref="MaxLength"/> bytes of the line. Valid only during the call.</param>
    protected virtual void LineLengthExceeded(ReadOnlySpan<byte> beginning) => Transport.LoseConnection();

    /// <summary>
    /// Switches to raw mode: passes the following data to <see cref="RawDataReceived"/> until <see cref="SetLineMode"/> is called. Call it only in a callback.
    /// </summary>
    protected void SetRawMode()
    {
        _raw = true;
        _searched = 0;
    }

    /// <summary>Switches back to lines. Call it only in a callback.</summary>
    /// <param name="extra">The unprocessed rest of the data passed to <see cref="RawDataReceived"/>, which begins with a line. Defaults to empty.</param>
    protected void SetLineMode(ReadOnlySpan<byte> extra = default)
    {
        _raw = false;
        if (!extra.IsEmpty)
            PutBack(extra);
    }

    /// <summary>Sends a line and its delimiter. Thread-safe.</summary>
    public void SendLine(ReadOnlySpan<byte> line) => Transport.Write((byte[])[.. line, .. _delimiter]);

    /// <summary>Sends a line as UTF-8, and its delimiter. Thread-safe.</summary>
    public void SendLine(string line) => SendLine(Encoding.UTF8.GetBytes(line));

    /// <inheritdoc/>
    private protected sealed override int Consume(ReadOnlySpan<byte> data)
    {
        if (_raw)
        {
            RawDataReceived(data);
            return data.Length;
        }

        // Data that was searched before is not searched again, however small the fragments are.
        var from = Math.Min(_searched, data.Length);
        var length = data[from..].IndexOf(End);
        if (length >= 0)
            length += from;
        _searched = length >= 0 ? 0 : Math.Max(0, data.Length - End.Length + 1);
        if (_skipping)
            return Skip(data, length);
        var line = length > 0 && !_isExact && data[length - 1] == '\r' ? length - 1 : length;
        if (line > MaxLength || (length < 0 && data.Length >= LongestPiece))
        {
            _skipping = true;
            _searched = 0;
            LineLengthExceeded(data[..MaxLength]);
            return MaxLength > 0 ? MaxLength : Skip(data, length);
        }

        if (length < 0)
            return 0;
        var end = length + End.Length;
        LineReceived(data[..line]);
        return end;
    }

    /// <summary>Skips the rest of a line that is too long, except bytes that may be the beginning of its delimiter.</summary>
    private int Skip(ReadOnlySpan<byte> data, int length)
    {
        _searched = 0;
        _skipping = length < 0;
        return _skipping ? Math.Max(0, data.Length - End.Length + 1) : length + End.Length;
    }
}
