using Microsoft.Extensions.Logging;
using TacHost.Services.Networking.Connections;

namespace TacHost.Services.Networking.Listening;

/// <summary>The listener that gets the connections of an <see cref="Acceptor"/> at the moment.</summary>
internal interface IAcceptorOwner
{
    ILogger Logger { get; }

    /// <summary>Gets whether a <see cref="System.Net.Sockets.Socket"/> is needed for every connection.</summary>
    bool NeedsManagedSocket { get; }

    /// <summary>Reserves a permit for the next connection.</summary>
    /// <param name="wake">Called when a permit is free, if there is none now.</param>
    /// <param name="permit">The permit, or null without limits, and for a connection that must be refused.</param>
    /// <returns>False if the connection must wait in the backlog.</returns>
    bool TryReserve(Action wake, out ConnectionPermit? permit);

    void Accept(StreamSocket socket, ConnectionPermit? permit);
}
