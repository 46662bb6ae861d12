using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace TacHost.Services.Networking;

/// <summary>The base class of protocols on datagram sockets. A server has one protocol for all its peers.</summary>
/// <remarks>
/// The callbacks of one protocol never overlap. An exception in a callback is logged, and the next datagram is received as usual.
/// Ported from <c>twisted.internet.protocol.DatagramProtocol</c>.
/// </remarks>
public abstract class DatagramProtocol
{
    private IDatagramTransport? _transport;

    /// <summary>Gets the transport. Set from <see cref="StartProtocol"/> until after <see cref="StopProtocol"/>.</summary>
    /// <exception cref="InvalidOperationException">The server is not running.</exception>
    protected IDatagramTransport Transport => _transport ?? throw new InvalidOperationException($"The {TypeName.Of(GetType())} has no transport before StartProtocol.");

    /// <summary>Gets the logger of this protocol. Discards log lines until a server starts the protocol.</summary>
    protected ILogger Logger { get; private set; } = NullLogger.Instance;

    /// <summary>Called after the socket is bound, as the first callback of each start. If it throws, the start fails.</summary>
    protected virtual void StartProtocol()
    {
    }

    /// <summary>Called for each received datagram.</summary>
    /// <remarks>Must not block, because the next datagram is received only after it returns.</remarks>
    /// <param name="data">The complete datagram. Valid only during the call.</param>
    /// <param name="endPoint">The address of the sender, to which an answer can be sent. A UNIX socket without a path cannot be answered.</param>
    protected virtual void DatagramReceived(ReadOnlySpan<byte> data, EndPoint endPoint)
    {
    }

    /// <summary>Called when the server stops and receives no further datagrams, as the last callback.</summary>
    protected virtual void StopProtocol()
    {
    }

    internal void Start(IDatagramTransport transport, ILogger logger)
    {
        (_transport, Logger) = (transport, logger);
        StartProtocol();
    }

    internal void Receive(ReadOnlySpan<byte> data, EndPoint endPoint) => DatagramReceived(data, endPoint);

    internal void Stop()
    {
        try
        {
            StopProtocol();
        }
        finally
        {
            _transport = null;
        }
    }
}
