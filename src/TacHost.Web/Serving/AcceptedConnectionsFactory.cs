using System.Net;
using Microsoft.AspNetCore.Connections;

namespace TacHost.Web.Serving;

/// <summary>What Kestrel binds with: nothing is left to bind, since our listeners have been since the privileged start.</summary>
internal sealed class AcceptedConnectionsFactory(IReadOnlyDictionary<EndPoint, AcceptedConnections> listeners) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(listeners[endpoint]);
}
