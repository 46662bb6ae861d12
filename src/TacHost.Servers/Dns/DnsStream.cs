using System.Net;
using TacHost.Services.Networking;

namespace TacHost.Servers.Dns;

/// <summary>DNS over one TCP connection (RFC 7766): several questions at a time, each answered when its answer is there.</summary>
internal sealed class DnsStream : LengthPrefixedProtocol, IProducer
{
    /// <summary>More wait in the kernel until some are answered.</summary>
    private const int MostAtATime = 32;

    private readonly Lock _gate = new();
    private readonly DnsStreamFactory _factory;
    private int _open;
    private bool _isHeldUp;
    private bool _isFinished;
    private bool _isPaused;

    public DnsStream(DnsStreamFactory factory)
        : base(LengthPrefix.TwoBytes)
    {
        _factory = factory;
        MaxLength = DnsResponder.LongestRequest;
    }

    /// <summary>The peer takes no answers: it gets to ask nothing either.</summary>
    public void PauseProducing() => Arrange(() => _isHeldUp = true);

    public void ResumeProducing() => Arrange(() => _isHeldUp = false);

    public void StopProducing()
    {
    }

    /// <summary>Closes the connection once what is asked is answered.</summary>
    public void Finish() => Arrange(() => _isFinished = true);

    /// <inheritdoc/>
    protected override void ConnectionMade()
    {
        _factory.Add(this);
        Transport.RegisterProducer(this);
    }

    /// <inheritdoc/>
    protected override void StringReceived(ReadOnlySpan<byte> text)
    {
        Arrange(() => _open++);
        _ = AnswerAsync(text.ToArray());
    }

    /// <inheritdoc/>
    protected override bool ReadConnectionLost()
    {
        Finish();
        return true;
    }

    /// <inheritdoc/>
    protected override void ConnectionLost(Exception? reason) => _factory.Remove(this);

    private async Task AnswerAsync(byte[] request)
    {
        try
        {
            if (await _factory.Responder.AnswerAsync(request, (Transport.Peer as IPEndPoint)?.Address, isDatagram: false) is { } response)
                SendString(response);
        }
        catch (Exception e)
        {
            DnsLog.Failed(Logger, e, Transport.Peer);
            Transport.AbortConnection();
        }
        finally
        {
            Arrange(() => _open--);
        }
    }

    /// <summary>Changes how things stand, and reads on, waits or closes accordingly.</summary>
    private void Arrange(Action change)
    {
        lock (_gate)
        {
            change();
            if (_isFinished && _open == 0)
                Transport.LoseConnection();
            else if (_isPaused != (_isPaused = _isFinished || _isHeldUp || _open >= MostAtATime))
                (_isPaused ? Transport.PauseReading : (Action)Transport.ResumeReading)();
        }
    }
}
