using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace TacHost.Services.Networking;

/// <summary>Builds a protocol for each connection that a listener accepts, and keeps what they share.</summary>
/// <remarks>One factory may serve several listeners at once. Ported from <c>twisted.internet.protocol.ServerFactory</c>.</remarks>
public abstract class ServerFactory
{
    private readonly Lock _gate = new();
    private int _listeners;

    /// <summary>The logger of this factory and its protocols. Logs nowhere until a listener has started the factory.</summary>
    protected internal ILogger Logger { get; private set; } = NullLogger.Instance;

    /// <summary>Builds the protocol for one connection.</summary>
    /// <remarks>Called by several threads at once, and must not block. Returning null closes the connection.</remarks>
    /// <param name="peer">Who connects.</param>
    protected internal abstract Protocol? BuildProtocol(EndPoint peer);

    /// <summary>Called before the first listener of this factory begins to accept.</summary>
    protected virtual void StartFactory()
    {
    }

    /// <summary>Called after the last listener of this factory has stopped and its connections are gone.</summary>
    protected virtual void StopFactory()
    {
    }

    /// <summary>Counts a listener in, and starts the factory for the first.</summary>
    internal void DoStart(ILogger logger)
    {
        lock (_gate)
        {
            if (_listeners == 0)
            {
                Logger = logger;
                StartFactory();
            }

            _listeners++;
        }
    }

    /// <summary>Counts a listener out, and stops the factory after the last.</summary>
    internal void DoStop()
    {
        lock (_gate)
        {
            if (--_listeners > 0)
                return;
            NetworkingLog.FactoryStopping(Logger, TypeName.Of(GetType()));
            StopFactory();
        }
    }
}
