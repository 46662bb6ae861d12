using System.Net;
using Microsoft.AspNetCore.Connections;

namespace TacHost.Web.Serving;

/// <summary>The listener factory for Kestrel. The sockets are already bound in the privileged part of the start.</summary>
internal sealed class AcceptedConnectionsFactory(IReadOnlyDictionary<EndPoint, AcceptedConnections> listeners) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(listeners[endpoint]);
}
