using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace TacHost.Web.Proxying;

/// <summary>The handling of the client information in X-Forwarded headers from trusted proxies.</summary>
internal static class ForwardedHeaders
{
    /// <summary>Wraps a handler so that the client's address, scheme and host are taken from the headers of trusted proxies.</summary>
    public static RequestDelegate Trusting(IReadOnlyList<System.Net.IPNetwork> proxies, RequestDelegate handler)
    {
        ForwardedHeadersOptions options = new()
        {
            ForwardedHeaders = Microsoft.AspNetCore.HttpOverrides.ForwardedHeaders.XForwardedFor | Microsoft.AspNetCore.HttpOverrides.ForwardedHeaders.XForwardedProto | Microsoft.AspNetCore.HttpOverrides.ForwardedHeaders.XForwardedHost,
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in proxies)
            options.KnownIPNetworks.Add(network);
        ForwardedHeadersMiddleware middleware = new(handler, NullLoggerFactory.Instance, Options.Create(options));

        // Without a known network, the middleware would trust every client.
        return proxies.Count == 0 ? context => context.Connection.RemoteIpAddress is null ? middleware.Invoke(context) : handler(context) : middleware.Invoke;
    }
}
