using System.Net;
using TacHost.Services.Networking;

namespace TacHost.Dns;

/// <summary>A DNS connection over TCP (RFC 7766). Several questions are answered concurrently, in any order.</summary>
internal sealed class DnsStream : LengthPrefixedProtocol, IProducer
{
    /// <summary>The maximum number of concurrent questions. Reading pauses at this limit.</summary>
    private const int MaxConcurrent = 32;

    private readonly Lock _gate = new();
    private readonly DnsResponder _responder;
    private int _open;
    private bool _isPeerSlow;
    private bool _isFinished;
    private bool _isPaused;

    public DnsStream(DnsResponder responder)
        : base(LengthPrefix.TwoBytes)
    {
        _responder = responder;
        MaxLength = DnsResponder.LongestRequest;
    }

    /// <summary>Pauses reading, because the peer does not read the answers.</summary>
    public void PauseProducing() => Update(() => _isPeerSlow = true);

    public void ResumeProducing() => Update(() => _isPeerSlow = false);

    public void StopProducing()
    {
    }

    /// <inheritdoc/>
    protected override void ConnectionMade() => Transport.RegisterProducer(this);

    /// <summary>Closes the connection after the pending questions, because clients may keep connections open indefinitely.</summary>
    protected override void Stopping() => Finish();

    /// <inheritdoc/>
    protected override void StringReceived(ReadOnlySpan<byte> text)
    {
        Update(() => _open++);
        _ = AnswerAsync(text.ToArray());
    }

    /// <inheritdoc/>
    protected override bool ReadConnectionLost()
    {
        Finish();
        return true;
    }

    /// <summary>Closes the connection after all pending questions have been answered.</summary>
    private void Finish() => Update(() => _isFinished = true);

    private async Task AnswerAsync(byte[] request)
    {
        try
        {
            if (await _responder.AnswerAsync(request, (Transport.Peer as IPEndPoint)?.Address, isDatagram: false) is { } response)
                SendString(response);
        }
        catch (Exception e)
        {
            DnsLog.Failed(Logger, e, Transport.Peer);
            Transport.AbortConnection();
        }
        finally
        {
            Update(() => _open--);
        }
    }

    /// <summary>Changes the state, and resumes or pauses reading or closes the connection accordingly.</summary>
    private void Update(Action change)
    {
        lock (_gate)
        {
            change();
            if (_isFinished && _open == 0)
                Transport.LoseConnection();
            else if (_isPaused != (_isPaused = _isFinished || _isPeerSlow || _open >= MaxConcurrent))
                (_isPaused ? Transport.PauseReading : (Action)Transport.ResumeReading)();
        }
    }
}
