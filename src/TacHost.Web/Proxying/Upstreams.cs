using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace TacHost.Web.Proxying;

/// <summary>Passes requests below certain paths on to other HTTP servers, by YARP. Nothing of it is loaded by a server that has none.</summary>
internal sealed class Upstreams : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly HttpMessageInvoker _client;
    private readonly IHttpForwarder _forwarder;
    private readonly List<Upstream> _upstreams;

    /// <param name="proxies">Where to, by the path; the longest that fits is taken.</param>
    /// <param name="loggers">Where failures are logged.</param>
    public Upstreams(IReadOnlyDictionary<string, Uri> proxies, ILoggerFactory loggers)
    {
        _upstreams = [.. proxies.Select(each => new Upstream(new PathString(each.Key.TrimEnd('/')), each.Value.AbsoluteUri.TrimEnd('/'))).OrderByDescending(each => each.Path.Value!.Length)];
        _services = new ServiceCollection().AddSingleton(loggers).AddSingleton(typeof(ILogger<>), typeof(Logger<>)).AddHttpForwarder().BuildServiceProvider();
        _forwarder = _services.GetRequiredService<IHttpForwarder>();
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            EnableMultipleHttp2Connections = true,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(15),

            // So that a name that leads elsewhere by now is noticed.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        });
    }

    /// <summary>A handler that passes on what belongs to one of them, and leaves the rest to another.</summary>
    public RequestDelegate Before(RequestDelegate next) => context =>
    {
        foreach (var upstream in _upstreams)
        {
            if (context.Request.Path.StartsWithSegments(upstream.Path, StringComparison.Ordinal, out var rest))
                return ForwardAsync(context, upstream, rest);
        }

        return next(context);
    };

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return _services.DisposeAsync();
    }

    private async Task ForwardAsync(HttpContext context, Upstream upstream, PathString rest)
    {
        // How much may be uploaded is for the other server to say.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
        await _forwarder.SendAsync(context, upstream.Address, _client, ForwarderRequestConfig.Empty, new Transformed(rest));
    }

    private sealed record Upstream(PathString Path, string Address);

    /// <summary>What is different in the request that is passed on: where it goes, and who says so.</summary>
    private sealed class Transformed(PathString rest) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.RequestUri = RequestUtilities.MakeDestinationAddress(destinationPrefix, rest, httpContext.Request.QueryString);

            // The host is that of the other server; whose request it was is told by these, and what a client claims of that is not passed on.
            proxyRequest.Headers.Host = null;
            proxyRequest.Headers.Remove("Forwarded");
            Set("X-Forwarded-For", httpContext.Connection.RemoteIpAddress?.ToString());
            Set("X-Forwarded-Proto", httpContext.Request.Scheme);
            Set("X-Forwarded-Host", httpContext.Request.Host.Value);

            void Set(string name, string? value)
            {
                proxyRequest.Headers.Remove(name);
                if (!string.IsNullOrEmpty(value))
                    proxyRequest.Headers.TryAddWithoutValidation(name, value);
            }
        }
    }
}
