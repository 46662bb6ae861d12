namespace TacHost.Services.Networking;

/// <summary>A protocol that splits the byte stream into messages of limited length: the base of <see cref="LineProtocol"/>, <see cref="NetstringProtocol"/> and <see cref="LengthPrefixedProtocol"/>.</summary>
/// <remarks>
/// It buffers no more than one message of the greatest length and one buffer of the transport, and nothing between two messages. <see cref="ITransport.PauseReading"/> also delays the
/// messages that are received already. A stop of the server is announced between two messages. It does not wait for the rest of a message after a second without received data.
/// After <see cref="ITransport.LoseConnection"/> no message is delivered.
/// </remarks>
public abstract class FramedProtocol : Protocol
{
    private const int SmallestBuffer = 256;

    private byte[] _held = [];
    private int _heldCount;
    private byte[]? _putBack;
    private bool _isStopDue;
    private bool _hasReceived;
    private volatile bool _isAnswering;

    /// <summary>Gets whether received data is not split into messages, so that buffered data is not a partial message.</summary>
    private protected virtual bool IsRaw => false;

    /// <summary>Gets the maximum length of a frame in bytes, including delimiters and prefixes.</summary>
    private protected abstract long LongestPiece { get; }

    /// <inheritdoc/>
    protected sealed override void DataReceived(ReadOnlySpan<byte> data)
    {
        _hasReceived = true;
        if (_heldCount == 0)
        {
            Deliver(data);
        }
        else
        {
            Reserve(_heldCount + data.Length);
            data.CopyTo(_held.AsSpan(_heldCount));
            _heldCount += data.Length;
            Deliver(_held.AsSpan(0, _heldCount));
        }

        StopIfDue();
    }

    /// <inheritdoc/>
    internal sealed override void ReadingResumed()
    {
        _hasReceived = true;
        Deliver(_held.AsSpan(0, _heldCount));
        StopIfDue();
    }

    /// <inheritdoc/>
    internal sealed override void Stop()
    {
        (_isStopDue, _hasReceived) = (true, true);
        StopIfDue();
    }

    /// <inheritdoc/>
    internal sealed override void CheckSilence()
    {
        if (_isStopDue && !_hasReceived && !_isAnswering && Transport.IsReading)
            StopNow();
        _hasReceived = false;
        base.CheckSilence();
    }

    /// <summary>Delivers the first frame, if it is complete.</summary>
    /// <param name="data">The unconsumed data, which begins at the start of a frame. If nothing
    /// is consumed, the same bytes are passed again, followed by further bytes.</param>
    /// <returns>The number of consumed bytes, or 0 to wait for more data.</returns>
    private protected abstract int Consume(ReadOnlySpan<byte> data);

    /// <summary>Pauses reading until the answer to a message is complete. An answer that fails aborts the connection; one that a stop cancels ends it.</summary>
    private protected void PauseUntil(Task answer)
    {
        if (answer.IsCompleted)
        {
            // Thrown here, an exception ends the connection as one of any callback does.
            if (answer.IsCanceled && StoppingToken.IsCancellationRequested)
                Transport.LoseConnection();
            else
                answer.GetAwaiter().GetResult();
            return;
        }

        _isAnswering = true;
        Transport.PauseReading();
        _ = ResumeAfterAsync(answer);
    }

    /// <summary>Makes the exception for a protocol that does not override any method that receives.</summary>
    private protected InvalidOperationException NotOverridden(string methods) => new($"The {TypeName.Of(GetType())} cannot receive, because it does not override {methods}.");

    /// <summary>Inserts bytes before the unconsumed data. Call it only in <see cref="Consume"/>.</summary>
    private protected void PutBack(ReadOnlySpan<byte> data) => _putBack = [.. data, .. _putBack ?? []];

    /// <summary>Gets the number of buffered bytes and the capacity of the buffer.</summary>
    internal (int Count, int Capacity) Held => (_heldCount, _held.Length);

    private void StopIfDue()
    {
        if (_isStopDue && !_isAnswering && (_heldCount == 0 || IsRaw))
            StopNow();
    }

    private void StopNow()
    {
        _isStopDue = false;
        Stopping();
    }

    private async Task ResumeAfterAsync(Task answer)
    {
        try
        {
            await answer;
        }
        catch (OperationCanceledException) when (StoppingToken.IsCancellationRequested)
        {
            // The answer has observed the token, as it should. Data from before is still sent.
            Transport.LoseConnection();
        }
        catch (Exception e)
        {
            // The boundary around one connection, as for an exception of any other callback.
            AbortAfter(e);
        }

        _isAnswering = false;
        Transport.ResumeReading();
    }

    private void Deliver(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty && Transport.IsReading)
        {
            var count = Consume(data);
            data = data[count..];
            if (_putBack is { } putBack)
            {
                _putBack = null;
                data = (byte[])[.. putBack, .. data];
            }
            else if (count == 0)
            {
                break;
            }
        }

        Hold(data);
    }

    private void Hold(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            _held = [];
        }
        else
        {
            // The data may be a part of the buffer. Then the buffer is large enough, and the bytes are moved.
            Reserve(data.Length);
            data.CopyTo(_held);
        }

        _heldCount = data.Length;
    }

    /// <summary>Ensures the capacity of the buffer. Doubles it each time, but not beyond the maximum length of a frame.</summary>
    private void Reserve(int count)
    {
        if (_held.Length < count)
            Array.Resize(ref _held, (int)Math.Max(count, Math.Min(Math.Max(SmallestBuffer, 2L * _held.Length), LongestPiece)));
    }
}
