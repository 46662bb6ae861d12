using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Connecting;
using Yarp.ReverseProxy.Forwarder;

namespace TacHost.Web.Proxying;

/// <summary>Passes requests below certain paths on to other HTTP servers, by YARP. Nothing of it is loaded by a server that has none.</summary>
internal sealed class Upstreams : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly HttpMessageInvoker _client;
    private readonly IHttpForwarder _forwarder;
    private readonly List<Upstream> _upstreams;
    private readonly ILogger _logger;
    private readonly LogLimit _lines = new();

    /// <param name="proxies">Where to, by the path; the longest that fits is taken.</param>
    /// <param name="logger">Where failures are logged.</param>
    public Upstreams(IReadOnlyDictionary<string, Uri> proxies, ILogger logger)
    {
        _upstreams = [.. proxies.Select(each => new Upstream(new PathString(each.Key.TrimEnd('/')), each.Value.AbsoluteUri.TrimEnd('/'))).OrderByDescending(each => each.Path.Value!.Length)];
        // What it would log of a client's mistake is 8 kB.
        _logger = logger;
        _services = new ServiceCollection().AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance).AddSingleton(typeof(ILogger<>), typeof(NullLogger<>)).AddHttpForwarder().BuildServiceProvider();
        _forwarder = _services.GetRequiredService<IHttpForwarder>();
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            EnableMultipleHttp2Connections = true,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            ConnectCallback = ConnectAsync,

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
        var error = await _forwarder.SendAsync(context, upstream.Address, _client, ForwarderRequestConfig.Empty, new Transformed(upstream.Path, rest));
        if (error != ForwarderError.None)
            Log(context, upstream, error);
    }

    private void Log(HttpContext context, Upstream upstream, ForwarderError error)
    {
        var client = context.Connection.RemoteIpAddress;
        var reason = context.GetForwarderErrorFeature()?.Exception?.GetBaseException().Message ?? "";
        if (error is ForwarderError.Request or ForwarderError.RequestTimedOut or ForwarderError.RequestBodyDestination or ForwarderError.ResponseBodyDestination or ForwarderError.ResponseHeaders or ForwarderError.NoAvailableDestinations)
            _lines.Write(more => WebLog.NotForwarded(_logger, upstream.Address, client, error.ToString(), reason, more));
        else
            _lines.Write(more => WebLog.BrokenOff(_logger, upstream.Address, client, error.ToString(), reason, more));
    }

    /// <summary>Connects as every other client of the program does, so that a name that does not resolve holds up nobody else.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await HostNameResolver.ResolveAsync(context.DnsEndPoint.Host, cancellationToken);
        try
        {
            return new NetworkStream(await AddressRace.ConnectAsync([.. addresses.Select(each => new IPEndPoint(each, context.DnsEndPoint.Port))], null, cancellationToken), ownsSocket: true);
        }
        catch (AggregateException e) when (e.InnerException?.InnerException is SocketException cause)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, e.InnerException.Message, cause);
        }
    }

    private sealed record Upstream(PathString Path, string Address);

    /// <summary>What is different in the request that is passed on: where it goes, and who says so.</summary>
    private sealed class Transformed(PathString path, PathString rest) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.RequestUri = RawRest.Of(httpContext, path) is { } raw
                ? new Uri(destinationPrefix + raw + httpContext.Request.QueryString)
                : RequestUtilities.MakeDestinationAddress(destinationPrefix, rest, httpContext.Request.QueryString);

            // The host is that of the other server; whose request it was is told by these, and what a client claims of that is not passed on.
            proxyRequest.Headers.Host = null;
            proxyRequest.Headers.Remove("Forwarded");
            Set("X-Real-IP", httpContext.Connection.RemoteIpAddress?.ToString());
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
