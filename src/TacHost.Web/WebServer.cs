using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using TacHost.Services.Networking;
using TacHost.Web.Access;
using TacHost.Web.Files;
using TacHost.Web.Proxying;
using TacHost.Web.Serving;
using Endpoint = TacHost.Services.Networking.Endpoint;

namespace TacHost.Web;

/// <summary>A service that serves the files of a directory by HTTP: with ranges, ETags, conditional requests and compression.</summary>
/// <remarks>
/// Never serves what is not in the directory: neither <c>..</c>, in whatever encoding, nor a symbolic link leads out of it. Names that begin with a dot are as if
/// they were not there, but for <c>.well-known</c>. What is no ordinary file is not served either.
/// Ported from <c>twisted.web.static.File</c>.
/// </remarks>
public sealed class WebServer : HttpServer
{
    private readonly string _root;
    private AccessLogFile? _accessLogFile;
    private Upstreams? _upstreams;

    /// <summary>Describes a server on a TCP port. Nothing is opened before the start.</summary>
    /// <param name="port">The port, or 0 for one that the system picks; see <see cref="HttpServer.EndPoints"/>.</param>
    /// <param name="root">The directory. A relative path counts from the working directory at the start. If it is a symbolic link, it is followed anew for each request.</param>
    /// <param name="iface">An address, the name of a network interface, or a host name. Defaults to the empty string: every interface, IPv4 and IPv6.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 0 and 65535.</exception>
    public WebServer(int port, string root, string iface = "")
        : this(ServerEndpoint.Tcp(port, iface), root)
    {
    }

    /// <summary>Describes a server on a TCP port where TLS is spoken. Nothing is opened before the start.</summary>
    /// <param name="port">The port, or 0 for one that the system picks; see <see cref="HttpServer.EndPoints"/>.</param>
    /// <param name="root">The directory, as for a server without TLS.</param>
    /// <param name="tls">The certificates.</param>
    /// <param name="iface">As for a server without TLS.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 0 and 65535.</exception>
    public WebServer(int port, string root, TlsOptions tls, string iface = "")
        : this(ServerEndpoint.Tls(port, tls, iface), root)
    {
    }

    /// <summary>Describes a server by the text of its endpoint. Nothing is opened before the start.</summary>
    /// <param name="endpoint">Where to listen; see <see cref="Endpoint.Parse"/>.</param>
    /// <param name="root">The directory, as for a server on a port.</param>
    /// <exception cref="FormatException">It is not an endpoint.</exception>
    public WebServer(string endpoint, string root)
        : this(Endpoint.Parse(endpoint), root)
    {
    }

    /// <summary>Describes a server. Nothing is opened before the start.</summary>
    /// <param name="endpoint">Where to listen.</param>
    /// <param name="root">The directory, as for a server on a port.</param>
    public WebServer(ServerEndpoint endpoint, string root)
        : base(endpoint)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        _root = root;
    }

    /// <summary>The files that stand for the directory they are in; the first that is there is taken. Defaults to <c>index.html</c>.</summary>
    public IReadOnlyList<string> IndexFiles { get; init; } = ["index.html"];

    /// <summary>Whether a directory without an index file is answered by a page that lists it. Defaults to false: by 404.</summary>
    public bool ListDirectories { get; init; }

    /// <summary>Whether files whose name begins with a dot are served, and those in directories of such names. Defaults to false.</summary>
    public bool ServeDotFiles { get; init; }

    /// <summary>Whether texts are compressed, by brotli or gzip, for clients that can read that. Defaults to true.</summary>
    public bool Compress { get; init; } = true;

    /// <summary>Headers for every answer, also in place of the server's own of the same name. Defaults to <c>X-Content-Type-Options: nosniff</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [new("X-Content-Type-Options", "nosniff")];

    /// <summary>Content types beyond those of ASP.NET Core and /etc/mime.types, or in place of them, by the end of the file's name with its dot. Defaults to none.</summary>
    public IReadOnlyDictionary<string, string> ContentTypes { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the file of the root that is the page for status 404, such as <c>404.html</c>. Defaults to null: one line of text.</summary>
    public string? NotFoundFile { get; init; }

    /// <summary>Gets the file of the root that answers every path without a dot in its last part that is not there, such as <c>index.html</c>: the page of a single-page application. Defaults to null: such paths are 404.</summary>
    public string? FallbackFile { get; init; }

    /// <summary>Paths that other HTTP servers answer, each with the address of one. What follows the path in a request is added to that address. Defaults to none.</summary>
    public IReadOnlyDictionary<string, Uri> Proxies { get; init; } = new Dictionary<string, Uri>();

    /// <summary>Gets the proxies in front of this server whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> count. Peers on UNIX sockets always count. Defaults to this machine's loopback addresses.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = TacHost.Services.Networking.Connections.TrustedProxies.Loopback.Networks;

    /// <summary>A file that gets a line in the combined form for each request. It may be renamed at any time: the next line makes a new one. Defaults to null: no such file.</summary>
    public string? AccessLogFile { get; init; }

    /// <summary>Whether each request is a line of the service's log. Defaults to false.</summary>
    public bool LogRequests { get; init; }

    /// <inheritdoc/>
    protected override Task<RequestDelegate> MakeHandlerAsync(CancellationToken cancellationToken)
    {
        RootDirectory root = new(ResolvePath(_root)) { ShowsDotFiles = ServeDotFiles };
        root.Check();

        // These would log every file that is sent; that is what the access log is for.
        var handler = FileRequests.Make(root, this, new LoggersOnly(NullLoggerFactory.Instance));
        if (Proxies.Count > 0)
            handler = WithUpstreams(handler);
        if (Headers.Count > 0)
            handler = WithHeaders(handler);
        if (AccessLogFile is { } path)
            handler = AccessLog.Around(handler, (_accessLogFile = new AccessLogFile(ResolvePath(path), Logger)).Write, TimeProvider.System);
        if (LogRequests)
            handler = AccessLog.Around(handler, line => WebLog.Request(Logger, line), TimeProvider.System);
        return Task.FromResult(ForwardedHeaders.Trusting(TrustedProxies, handler));
    }

    /// <inheritdoc/>
    protected override async Task OnStopAsync(CancellationToken cancellationToken)
    {
        await base.OnStopAsync(cancellationToken);
        if (_upstreams is not null)
            await _upstreams.DisposeAsync();
        if (_accessLogFile is not null)
            await _accessLogFile.DisposeAsync();
        (_upstreams, _accessLogFile) = (null, null);
    }

    internal static ServerEndpoint PlainEndpoint(int port, string iface) => ServerEndpoint.Tcp(port, iface);

    internal static ServerEndpoint TlsEndpoint(int port, string iface, TlsCertificate certificate) => ServerEndpoint.Tls(port, new TlsOptions(certificate), iface);

    /// <summary>In a method of its own, so that nothing of proxies is loaded without need.</summary>
    private RequestDelegate WithUpstreams(RequestDelegate handler) => (_upstreams = new Upstreams(Proxies, Logger)).Before(handler);

    private RequestDelegate WithHeaders(RequestDelegate handler) => context =>
    {
        context.Response.OnStarting(
            state =>
            {
                foreach (var (name, value) in Headers)
                    ((HttpResponse)state).Headers[name] = value;
                return Task.CompletedTask;
            },
            context.Response);
        return handler(context);
    };
}
