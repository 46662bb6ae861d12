using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace TacHost.Services.Networking;

/// <summary>A factory that builds a protocol for each connection and holds the shared state of the protocols.</summary>
/// <remarks>Derive from <see cref="ServerFactory"/> or <see cref="ClientFactory"/>. Ported from <c>twisted.internet.protocol.Factory</c>.</remarks>
public abstract class Factory
{
    private readonly Lock _gate = new();
    private int _users;

    /// <summary>Gets the logger of this factory and its protocols. Discards log entries until the factory has been started.</summary>
    protected internal ILogger Logger { get; private set; } = NullLogger.Instance;

    /// <summary>Builds the protocol for one connection.</summary>
    /// <remarks>Called by several threads at once, and must not block. Returning null closes the connection.</remarks>
    /// <param name="peer">The address of the peer.</param>
    protected internal abstract Protocol? BuildProtocol(EndPoint peer);

    /// <summary>Called before the first listener or client of this factory begins.</summary>
    protected virtual void StartFactory()
    {
    }

    /// <summary>Called after the last listener or client of this factory has stopped and its connections have closed.</summary>
    protected virtual void StopFactory()
    {
    }

    /// <summary>Counts a listener or client, and starts the factory for the first one.</summary>
    internal void DoStart(ILogger logger)
    {
        lock (_gate)
        {
            if (_users == 0)
            {
                Logger = logger;
                StartFactory();
            }

            _users++;
        }
    }

    /// <summary>Removes a listener or client from the count, and stops the factory after the last one.</summary>
    internal void DoStop()
    {
        lock (_gate)
        {
            if (--_users > 0)
                return;
            NetworkingLog.FactoryStopping(Logger, TypeName.Of(GetType()));
            StopFactory();
        }
    }
}
