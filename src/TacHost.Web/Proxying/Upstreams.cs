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

/// <summary>Forwards requests below certain paths to other HTTP servers with YARP. YARP is not loaded by a server without such paths.</summary>
internal sealed class Upstreams : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly HttpMessageInvoker _client;
    private readonly IHttpForwarder _forwarder;
    private readonly List<Upstream> _upstreams;
    private readonly ILogger _logger;
    private readonly LogLimit _lines = new();

    /// <param name="proxies">The addresses of the servers by path. The longest matching path is used.</param>
    /// <param name="logger">The logger for failures.</param>
    public Upstreams(IReadOnlyDictionary<string, Uri> proxies, ILogger logger)
    {
        _upstreams = [.. proxies.Select(each => new Upstream(new PathString(each.Key.TrimEnd('/')), each.Value.AbsoluteUri.TrimEnd('/'))).OrderByDescending(each => each.Path.Value!.Length)];
        // YARP does not log, because it would log 8 kB for each client error.
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

            // Limits the lifetime, so that DNS changes are noticed.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        });
    }

    /// <summary>Wraps a handler so that requests below the paths are forwarded, and all others go to the handler.</summary>
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
        // The other server limits the size of uploads.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = null;
        var error = await _forwarder.SendAsync(context, upstream.Address, _client, ForwarderRequestConfig.Empty, new Transformed(upstream.Path, rest));
        if (error != ForwarderError.None)
            Log(context, upstream, error);
    }

    private void Log(HttpContext context, Upstream upstream, ForwarderError error)
    {
        var client = context.Connection.RemoteIpAddress;
        var failure = context.GetForwarderErrorFeature()?.Exception?.GetBaseException();
        var reason = (failure is AggregateException { InnerExceptions: [var first, ..] } ? first : failure)?.Message.ReplaceLineEndings(" ") ?? "";
        if (error is ForwarderError.Request or ForwarderError.RequestTimedOut or ForwarderError.RequestBodyDestination or ForwarderError.ResponseBodyDestination or ForwarderError.ResponseHeaders or ForwarderError.NoAvailableDestinations)
            _lines.Write(more => WebLog.NotForwarded(_logger, upstream.Address, client, error.ToString(), reason, more));
        else
            _lines.Write(more => WebLog.BrokenOff(_logger, upstream.Address, client, error.ToString(), reason, more));
    }

    /// <summary>Connects with the program's own resolver, so that a name that does not resolve does not delay other connections.</summary>
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

    /// <summary>The changes to a forwarded request: its address and the headers about the client.</summary>
    private sealed class Transformed(PathString path, PathString rest) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.RequestUri = EncodedPathRemainder.Of(httpContext, path) is { } raw
                ? new Uri(destinationPrefix + raw + httpContext.Request.QueryString)
                : RequestUtilities.MakeDestinationAddress(destinationPrefix, rest, httpContext.Request.QueryString);

            // The Host header names the other server, so the original host goes into X-Forwarded-Host.
            // Values of these headers from the client are not forwarded.
            proxyRequest.Headers.Host = null;
            proxyRequest.Headers.Remove("Forwarded");
            Set("X-Real-IP", httpContext.Connection.RemoteIpAddress?.ToString());
            Set("X-Forwarded-For", httpContext.Connection.RemoteIpAddress?.ToString());
            Set("X-Forwarded-Proto", httpContext.Request.Scheme);
            Set("X-Forwarded-Host", httpContext.Request.Host.Value);
            Set("X-Forwarded-User", Uri.EscapeDataString(httpContext.User.Identity?.Name ?? ""));

            void Set(string name, string? value)
            {
                proxyRequest.Headers.Remove(name);
                if (!string.IsNullOrEmpty(value))
                    proxyRequest.Headers.TryAddWithoutValidation(name, value);
            }
        }
    }
}
