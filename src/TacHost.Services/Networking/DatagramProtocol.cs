using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace TacHost.Services.Networking;

/// <summary>What is said on a datagram socket: one protocol for each server, whoever the peers are.</summary>
/// <remarks>
/// The callbacks of one protocol never overlap. One that throws is logged, and the next datagram is received as if nothing had been.
/// Ported from <c>twisted.internet.protocol.DatagramProtocol</c>.
/// </remarks>
public abstract class DatagramProtocol
{
    private IDatagramTransport? _transport;

    /// <summary>The socket. Set from <see cref="StartProtocol"/> until after <see cref="StopProtocol"/>.</summary>
    /// <exception cref="InvalidOperationException">The server does not run.</exception>
    protected IDatagramTransport Transport => _transport ?? throw new InvalidOperationException($"The {TypeName.Of(GetType())} has no transport before StartProtocol.");

    /// <summary>The logger of this protocol. Logs nowhere until a server has started it.</summary>
    protected ILogger Logger { get; private set; } = NullLogger.Instance;

    /// <summary>The socket is bound. The first callback of each start; one that throws makes the start fail.</summary>
    protected virtual void StartProtocol()
    {
    }

    /// <summary>A datagram has come.</summary>
    /// <remarks>Holds up the next one until it returns: it must not block.</remarks>
    /// <param name="data">All of the datagram. Valid during the call only.</param>
    /// <param name="endPoint">Who sent it, and where an answer goes. A UNIX socket without a path cannot be answered.</param>
    protected virtual void DatagramReceived(ReadOnlySpan<byte> data, EndPoint endPoint)
    {
    }

    /// <summary>The server stops, and nothing more is received. The last callback.</summary>
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
