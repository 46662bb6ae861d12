using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace TacHost.Services.Networking;

/// <summary>The base class of protocols on stream connections. A factory builds a new protocol for each connection.</summary>
/// <remarks>
/// The callbacks of one connection never overlap. Those of different connections may run at the same time.
/// An exception in a callback is logged and aborts only its connection. Ported from <c>twisted.internet.protocol.Protocol</c>.
/// </remarks>
public abstract class Protocol
{
    private ITransport? _transport;
    private bool _isStopping;
    private bool _closesWhenIdle;

    /// <summary>Gets the transport. Set before <see cref="ConnectionMade"/>.</summary>
    /// <exception cref="InvalidOperationException">The connection is not established yet.</exception>
    protected ITransport Transport => _transport ?? throw new InvalidOperationException($"The {TypeName.Of(GetType())} has no transport before ConnectionMade.");

    /// <summary>Gets a token that is cancelled when the server of this connection stops, just before <see cref="Stopping"/>.</summary>
    /// <exception cref="InvalidOperationException">The connection is not established yet.</exception>
    protected CancellationToken StoppingToken => Transport.StoppingToken;

    /// <summary>Gets the logger of the factory that built this protocol.</summary>
    protected ILogger Logger { get; private set; } = NullLogger.Instance;

    /// <summary>Called when the connection is established, as the first callback.</summary>
    /// <remarks>May run on the thread that accepts connections. Must not block, because the next connection is accepted only after it returns.</remarks>
    protected virtual void ConnectionMade()
    {
    }

    /// <summary>Called for received data. The data can be split at any byte. Not called once the connection is being closed.</summary>
    /// <param name="data">The data. Valid only during the call.</param>
    protected virtual void DataReceived(ReadOnlySpan<byte> data)
    {
    }

    /// <summary>Called when the peer half-closes the connection. Not called if the connection is lost before that, or is being closed.</summary>
    /// <remarks>Ported from <c>twisted.internet.interfaces.IHalfCloseableProtocol.readConnectionLost</c>.</remarks>
    /// <returns>
    /// true to continue writing until <see cref="ITransport.LoseConnection"/>. Defaults to false: the connection is closed after all written data is sent.
    /// </returns>
    protected virtual bool ReadConnectionLost() => false;

    /// <summary>Called once when the server stops, after its port is closed. Defaults to closing the connection as soon as it is idle; see <see cref="ITransport.IsIdle"/>.</summary>
    /// <remarks>Override it to say goodbye before <see cref="ITransport.LoseConnection"/>, or to stay: an open connection is waited for until the grace period is over, and then aborted.</remarks>
    protected virtual void Stopping()
    {
        _closesWhenIdle = true;
        CloseIfIdle();
    }

    /// <summary>Called when the connection is lost, as the last callback. Always called.</summary>
    /// <param name="reason">The cause, or null if either side closed the connection gracefully.</param>
    protected virtual void ConnectionLost(Exception? reason)
    {
    }

    internal void MakeConnection(ITransport transport, ILogger logger)
    {
        _transport = transport;
        Logger = logger;
        ConnectionMade();
    }

    internal void Receive(ReadOnlySpan<byte> data) => DataReceived(data);

    /// <summary>Called after a pause of reading, before further data is received.</summary>
    internal virtual void ReadingResumed()
    {
    }

    /// <summary>Tells the protocol that its server stops. Further calls do nothing: a connection can be made while the stop begins.</summary>
    internal void BeginStop()
    {
        if (_isStopping)
            return;
        _isStopping = true;
        Stop();
    }

    internal virtual void Stop() => Stopping();

    /// <summary>Called each second from <see cref="Stop"/> to the end of the connection, so that the rest of an incomplete message is not waited for.</summary>
    internal virtual void CheckSilence()
    {
        if (_closesWhenIdle)
            CloseIfIdle();
    }

    internal bool LoseReadConnection() => ReadConnectionLost();

    /// <summary>Logs an exception of an asynchronous callback and aborts the connection.</summary>
    private protected void AbortAfter(Exception failure)
    {
        NetworkingLog.Attempt(() => NetworkingLog.ProtocolThrew(Logger, failure, Transport.Peer.ToString()!, TypeName.Of(GetType())));
        Transport.AbortConnection();
    }

    internal void LoseConnection(Exception? reason) => ConnectionLost(reason);

    private void CloseIfIdle()
    {
        if (Transport.IsIdle)
            Transport.LoseConnection();
    }
}
