using System.Net;
using System.Text;
using TacHost.Proxies.Relaying;
using TacHost.Services;

namespace TacHost.Proxies.Socks;

/// <summary>The protocol of a proxy client: the greeting, the password, the request, and then the relayed data.</summary>
internal sealed partial class SocksProtocol(SocksConnector connector) : RelayedProtocol
{
    /// <summary>The maximum number of buffered bytes. Every greeting, password and request is shorter.</summary>
    private const int MaxBuffered = 1024;

    private readonly CancellationTokenSource _lost = new();
    private byte[] _buffer = [];
    private Step _step = Step.Greeting;
    private volatile bool _hasBegun;
    private Timer? _handshake;

    private enum Step
    {
        Greeting,
        Password,
        Request4,
        Request5,
        Working,
        Done,
    }

    private IPAddress? Client => (Transport.Peer as IPEndPoint)?.Address;

    private SocksOptions Options => connector.Options;

    /// <inheritdoc/>
    protected override void ConnectionMade()
    {
        _handshake = new Timer(_ => Transport.AbortConnection(), null, Options.HandshakeTimeout, Timeout.InfiniteTimeSpan);
        if (StoppingToken.IsCancellationRequested)
            Transport.AbortConnection();
    }

    /// <summary>Closes the connection if the client has not sent a request, so that the client does not delay the stop.</summary>
    protected override void Stopping()
    {
        if (_hasBegun)
            base.Stopping();
        else
            Transport.AbortConnection();
    }

    /// <inheritdoc/>
    protected override void DataReceivedBeforeRelay(ReadOnlySpan<byte> data)
    {
        // Data after UDP ASSOCIATE has no meaning.
        if (_step == Step.Done)
            return;
        _buffer = [.. _buffer, .. data];
        Advance();
    }

    /// <inheritdoc/>
    protected override void AfterConnectionLost(Exception? reason)
    {
        _handshake?.Dispose();
        _lost.Cancel();
        if (Relay is { } relay)
            SocksLog.Ended(Logger, Transport.Peer, relay.Bytes);
    }

    /// <summary>Processes the received data, step by step, as far as it is complete.</summary>
    private void Advance()
    {
        while (_buffer.Length > 0)
        {
            var before = (_step, _buffer.Length);
            switch (_step)
            {
                case Step.Greeting:
                    ReadGreeting();
                    break;
                case Step.Password:
                    ReadPassword();
                    break;
                case Step.Request4:
                    ReadRequest(SocksRequest.TryRead4(_buffer, out var request4), request4, 4);
                    break;
                case Step.Request5:
                    ReadRequest(SocksRequest.TryRead5(_buffer, out var request5), request5, 5);
                    break;
                default:
                    return;
            }

            if (before != (_step, _buffer.Length))
                continue;
            if (_buffer.Length > MaxBuffered)
                End([]);
            return;
        }
    }

    private void ReadGreeting()
    {
        const byte none = 0, password = 2, noAcceptable = 0xFF;
        if (_buffer[0] == 4)
        {
            if (Options.Passwords is null)
                _step = Step.Request4;
            else
                Refuse(4, SocksReply.NotAllowed, "a request", "SOCKS4 knows no passwords");
            return;
        }

        if (_buffer[0] != 5)
        {
            End([]);
            return;
        }

        if (_buffer.Length < 2 || _buffer.Length < 2 + _buffer[1])
            return;
        var wanted = Options.Passwords is null ? none : password;
        if (!_buffer.AsSpan(2, _buffer[1]).Contains(wanted))
        {
            End([5, noAcceptable]);
            return;
        }

        Consume(2 + _buffer[1]);
        Transport.Write(new byte[] { 5, wanted });
        _step = wanted == none ? Step.Request5 : Step.Password;
    }

    /// <summary>Parses the password message of RFC 1929: version 1, a name and a password, each after its length.</summary>
    private void ReadPassword()
    {
        if (_buffer[0] != 1)
        {
            End([]);
            return;
        }

        if (_buffer.Length < 2 || _buffer.Length < 3 + _buffer[1] || _buffer.Length < 3 + _buffer[1] + _buffer[2 + _buffer[1]])
            return;
        var name = Encoding.UTF8.GetString(_buffer, 2, _buffer[1]);
        var password = Encoding.UTF8.GetString(_buffer, 3 + _buffer[1], _buffer[2 + _buffer[1]]);
        Consume(3 + _buffer[1] + _buffer[2 + _buffer[1]]);
        RunPaused(() => VerifyAsync(name, password));
    }

    private void ReadRequest(int length, SocksRequest? request, byte version)
    {
        if (length < 0)
            Refuse(version, length == -1 && version == 5 ? SocksReply.AddressTypeNotSupported : SocksReply.Failed, "its request", "it makes no sense");
        if (length <= 0)
            return;
        Consume(length);
        _hasBegun = true;
        _handshake?.Dispose();
        RunPaused(() => ServeAsync(request!));
    }

    private async Task VerifyAsync(string name, string password)
    {
        PasswordFileUser? user = null;
        try
        {
            user = await Options.Passwords!.VerifyAsync(name, password, _lost.Token);
            if (user is null)
                connector.PasswordLines.Write(more => SocksLog.WrongPassword(Logger, Transport.Peer, name, more));
        }
        catch (PasswordFileException e)
        {
            SocksLog.NoPasswords(Logger, e);
        }

        if (user is null)
        {
            End([1, 1]);
            return;
        }

        Transport.Write(new byte[] { 1, 0 });
        _step = Step.Request5;
    }

    /// <summary>Runs an asynchronous operation. Reading is paused meanwhile.</summary>
    private void RunPaused(Func<Task> workAsync)
    {
        _step = Step.Working;
        Transport.PauseReading();
        _ = Task.Run(async () =>
        {
            try
            {
                await workAsync();
                Advance();
                Transport.ResumeReading();
            }
            catch (OperationCanceledException) when (_lost.IsCancellationRequested)
            {
                // The client has disconnected, so no reply is needed.
            }
            catch (Exception e)
            {
                // Catches everything, because an error of one connection must not affect the others.
                SocksLog.Failed(Logger, e, Transport.Peer);
                Transport.AbortConnection();
            }
        });
    }

    private void Consume(int count) => _buffer = _buffer[count..];

    private void Refuse(byte version, SocksReply reply, string destination, string reason)
    {
        connector.RefusalLines.Write(more => SocksLog.Refused(Logger, Transport.Peer, destination, reason, more));
        End(SocksRequest.Reply(version, reply));
    }

    /// <summary>Sends a last message and closes the connection.</summary>
    private void End(byte[] message)
    {
        _step = Step.Done;
        _buffer = [];
        Transport.Write(message);
        Transport.LoseConnection();
    }
}
