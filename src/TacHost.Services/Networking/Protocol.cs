using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace TacHost.Services.Networking;

/// <summary>What is said on one connection. A factory builds one for each.</summary>
/// <remarks>
/// The callbacks of one connection never overlap; those of different connections may run at the same time.
/// A callback that throws is logged and aborts its connection, and no other. Ported from <c>twisted.internet.protocol.Protocol</c>.
/// </remarks>
public abstract class Protocol
{
    private ITransport? _transport;

    /// <summary>The connection. Set before <see cref="ConnectionMade"/>.</summary>
    /// <exception cref="InvalidOperationException">There is no connection yet.</exception>
    protected ITransport Transport => _transport ?? throw new InvalidOperationException($"The {TypeName.Of(GetType())} has no transport before ConnectionMade.");

    /// <summary>Gets a token that is cancelled when the server of this connection stops, just before <see cref="Stopping"/>.</summary>
    /// <exception cref="InvalidOperationException">There is no connection yet.</exception>
    protected CancellationToken StoppingToken => Transport.StoppingToken;

    /// <summary>The logger of the factory that built this protocol.</summary>
    protected ILogger Logger { get; private set; } = NullLogger.Instance;

    /// <summary>The connection is there. The first callback.</summary>
    /// <remarks>May run on the thread that accepts connections, and holds up the next one until it returns: it must not block.</remarks>
    protected virtual void ConnectionMade()
    {
    }

    /// <summary>Some bytes have come, cut wherever the network cut them. Not called any more once the connection is being closed.</summary>
    /// <param name="data">Valid during the call only.</param>
    protected virtual void DataReceived(ReadOnlySpan<byte> data)
    {
    }

    /// <summary>The peer sends no more. Not called if the connection is lost before that, or is being closed.</summary>
    /// <remarks>Ported from <c>twisted.internet.interfaces.IHalfCloseableProtocol.readConnectionLost</c>.</remarks>
    /// <returns>
    /// Whether to go on writing, until <see cref="ITransport.LoseConnection"/>. Defaults to false: the connection is closed once all that was written is sent.
    /// </returns>
    protected virtual bool ReadConnectionLost() => false;

    /// <summary>Called once when the server stops, after its port is closed. Defaults to closing the connection if it is idle; see <see cref="ITransport.IsIdle"/>.</summary>
    /// <remarks>Override it to say goodbye before <see cref="ITransport.LoseConnection"/>, or to stay: an open connection is waited for until the grace period is over, and then aborted.</remarks>
    protected virtual void Stopping()
    {
        if (Transport.IsIdle)
            Transport.LoseConnection();
    }

    /// <summary>The connection is gone. The last callback, and it always comes.</summary>
    /// <param name="reason">What ended it, or null if it was closed in good order by either side.</param>
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

    /// <summary>Reading goes on after a pause, before anything more is received.</summary>
    internal virtual void ReadingResumed()
    {
    }

    /// <summary>Says that the server stops.</summary>
    internal virtual void Stop() => Stopping();

    internal bool LoseReadConnection() => ReadConnectionLost();

    /// <summary>Logs an exception of an asynchronous callback and aborts the connection.</summary>
    private protected void AbortAfter(Exception failure)
    {
        NetworkingLog.Attempt(() => NetworkingLog.ProtocolThrew(Logger, failure, Transport.Peer.ToString()!, TypeName.Of(GetType())));
        Transport.AbortConnection();
    }

    internal void LoseConnection(Exception? reason) => ConnectionLost(reason);
}
