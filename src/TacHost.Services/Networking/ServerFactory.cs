using System.Net;

namespace TacHost.Services.Networking;

/// <summary>Builds a protocol for each connection that a listener accepts, and holds their shared state.</summary>
/// <remarks>One factory may serve several listeners at once. Ported from <c>twisted.internet.protocol.ServerFactory</c>.</remarks>
public abstract class ServerFactory : Factory
{
    /// <summary>Returns a factory that only builds protocols, such as <c>ServerFactory.ForProtocol(() =&gt; new EchoProtocol())</c>.</summary>
    /// <remarks>Ported from <c>twisted.internet.protocol.Factory.forProtocol</c>.</remarks>
    /// <param name="build">Returns a new protocol. Called by several threads at once, and must not block.</param>
    public static ServerFactory ForProtocol(Func<Protocol> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        return new ProtocolFactory(build);
    }

    private sealed class ProtocolFactory(Func<Protocol> build) : ServerFactory
    {
        protected internal override Protocol? BuildProtocol(EndPoint peer) => build();
    }
}
