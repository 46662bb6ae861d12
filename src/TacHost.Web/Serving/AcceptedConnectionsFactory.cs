using System.Net;
using Microsoft.AspNetCore.Connections;

namespace TacHost.Web.Serving;

/// <summary>The listener factory for Kestrel. The sockets are already bound in the privileged part of the start.</summary>
internal sealed class AcceptedConnectionsFactory(IReadOnlyDictionary<EndPoint, AcceptedConnections> listeners) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        listeners.TryGetValue(endpoint, out var listener)
            ? ValueTask.FromResult<IConnectionListener>(listener)
            : throw new InvalidOperationException($"Kestrel cannot listen on {endpoint}, because only the endpoint in the constructor of the service is bound. Remove the other one from its settings, such as 'Kestrel:Endpoints' in appsettings.json.");
}
