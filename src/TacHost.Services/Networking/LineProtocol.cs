using System.Text;

namespace TacHost.Services.Networking;

/// <summary>A protocol of lines, which may be interrupted by data of other kinds.</summary>
/// <remarks>Ported from <c>twisted.protocols.basic.LineReceiver</c>.</remarks>
public abstract class LineProtocol : FramedProtocol
{
    private const int DefaultMaxLength = 16_384;

    private byte[] _delimiter = [.. "\r\n"u8];
    private int _maxLength = DefaultMaxLength;
    private int _searched;
    private bool _raw;
    private bool _skipping;

    /// <summary>What ends a line. Defaults to CR LF. Whoever changes it later than in the constructor does so in a callback.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    protected ReadOnlyMemory<byte> Delimiter
    {
        get => _delimiter;
        set
        {
            if (value.IsEmpty)
                throw new ArgumentException("A line cannot end with nothing. Give the delimiter at least one byte.", nameof(value));
            _delimiter = value.ToArray();
            _searched = 0;
        }
    }

    /// <summary>How long a line may be, without its delimiter. Defaults to 16,384 bytes.</summary>
    protected int MaxLength
    {
        get => _maxLength;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _maxLength = value;
        }
    }

    /// <inheritdoc/>
    private protected sealed override long LongestPiece => (long)MaxLength + _delimiter.Length;

    /// <summary>A line has come.</summary>
    /// <param name="line">The line without its delimiter. Valid during the call only.</param>
    protected abstract void LineReceived(ReadOnlySpan<byte> line);

    /// <summary>Some bytes have come in raw mode, cut wherever the network cut them.</summary>
    /// <param name="data">Valid during the call only.</param>
    protected virtual void RawDataReceived(ReadOnlySpan<byte> data)
    {
    }

    /// <summary>A line is longer than <see cref="MaxLength"/>. Closes the connection unless it is overridden; if that leaves it open, the rest of the line is dropped.</summary>
    /// <param name="beginning">The first <see cref="MaxLength"/> bytes of the line. Valid during the call only.</param>
    protected virtual void LineLengthExceeded(ReadOnlySpan<byte> beginning) => Transport.LoseConnection();

    /// <summary>Hands on what follows to <see cref="RawDataReceived"/>, until <see cref="SetLineMode"/>. To be called in a callback.</summary>
    protected void SetRawMode()
    {
        _raw = true;
        _searched = 0;
    }

    /// <summary>Reads lines again. To be called in a callback.</summary>
    /// <param name="extra">The rest of what <see cref="RawDataReceived"/> was given: it begins with a line. Defaults to nothing.</param>
    protected void SetLineMode(ReadOnlySpan<byte> extra = default)
    {
        _raw = false;
        if (!extra.IsEmpty)
            PutBack(extra);
    }

    /// <summary>Sends a line and its delimiter. May be called from any thread.</summary>
    protected void SendLine(ReadOnlySpan<byte> line) => Transport.Write((byte[])[.. line, .. _delimiter]);

    /// <summary>Sends a line as UTF-8, and its delimiter. May be called from any thread.</summary>
    protected void SendLine(string line) => SendLine(Encoding.UTF8.GetBytes(line));

    /// <inheritdoc/>
    private protected sealed override int Take(ReadOnlySpan<byte> data)
    {
        if (_raw)
        {
            RawDataReceived(data);
            return data.Length;
        }

        // What was searched before is not searched again, however small the fragments are.
        var from = Math.Min(_searched, data.Length);
        var length = data[from..].IndexOf(_delimiter);
        if (length >= 0)
            length += from;
        _searched = length >= 0 ? 0 : Math.Max(0, data.Length - _delimiter.Length + 1);
        if (_skipping)
            return Skip(data, length);
        if (length > MaxLength || (length < 0 && data.Length >= LongestPiece))
        {
            _skipping = true;
            _searched = 0;
            LineLengthExceeded(data[..MaxLength]);
            return MaxLength > 0 ? MaxLength : Skip(data, length);
        }

        if (length < 0)
            return 0;
        var end = length + _delimiter.Length;
        LineReceived(data[..length]);
        return end;
    }

    /// <summary>Drops the rest of a line that is too long, but for what may be the beginning of its delimiter.</summary>
    private int Skip(ReadOnlySpan<byte> data, int length)
    {
        _searched = 0;
        _skipping = length < 0;
        return _skipping ? Math.Max(0, data.Length - _delimiter.Length + 1) : length + _delimiter.Length;
    }
}
