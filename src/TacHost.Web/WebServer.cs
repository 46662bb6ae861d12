using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using TacHost.Services;
using TacHost.Services.Networking;
using TacHost.Web.Access;
using TacHost.Web.Files;
using TacHost.Web.Passwords;
using TacHost.Web.Proxying;
using TacHost.Web.Serving;
using Endpoint = TacHost.Services.Networking.Endpoint;

namespace TacHost.Web;

/// <summary>A service that serves the files of a directory over HTTP, with ranges, ETags, conditional requests and compression.</summary>
/// <remarks>
/// Never serves files outside the directory, neither through an encoded <c>..</c> nor through a symbolic link.
/// Names that begin with a dot are treated as missing, except <c>.well-known</c>. Only regular files are served.
/// Ported from <c>twisted.web.static.File</c>.
/// </remarks>
public sealed class WebServer : HttpServer
{
    private readonly string _root;
    private AccessLogFile? _accessLogFile;
    private Upstreams? _upstreams;

    /// <summary>Initializes a server on a TCP port. Sockets are not opened before the start.</summary>
    /// <param name="port">The port. 0 lets the system pick a free port; see <see cref="HttpServer.LocalAddresses"/>.</param>
    /// <param name="root">
    /// The directory. A relative path is resolved against the base directory of the application. A symbolic link is resolved for each request.
    /// </param>
    /// <param name="iface">An address, the name of a network interface, or a host name. Defaults to the empty string: every interface, IPv4 and IPv6.</param>
    /// <exception cref="ArgumentOutOfRangeException">The port is not between 0 and 65535.</exception>
    public WebServer(int port, string root, string iface = "")
        : this(ServerEndpoint.Tcp(port, iface), root)
    {
    }

    /// <summary>Initializes a server from the text of an endpoint. Sockets are not opened before the start.</summary>
    /// <param name="endpoint">The endpoint to listen on; see <see cref="Endpoint.Parse"/>.</param>
    /// <param name="root">The directory, as for a server on a port.</param>
    /// <exception cref="FormatException">The text is not an endpoint.</exception>
    public WebServer(string endpoint, string root)
        : this(Endpoint.Parse(endpoint), root)
    {
    }

    /// <summary>Initializes a server on an endpoint. Sockets are not opened before the start.</summary>
    /// <param name="endpoint">The endpoint to listen on.</param>
    /// <param name="root">The directory, as for a server on a port.</param>
    public WebServer(ServerEndpoint endpoint, string root)
        : base(endpoint)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        _root = root;
    }

    /// <summary>Gets the names of the index files of a directory. The first existing file is used. Defaults to <c>index.html</c>.</summary>
    public IReadOnlyList<string> IndexFiles { get; init; } = ["index.html"];

    /// <summary>Gets whether a directory without an index file is answered with a listing. Defaults to false: the status is 404.</summary>
    public bool ListDirectories { get; init; }

    /// <summary>Gets whether files are served whose name, or the name of whose directory, begins with a dot. Defaults to false.</summary>
    public bool ServeDotFiles { get; init; }

    /// <summary>Gets whether texts are compressed with brotli or gzip for clients that support it. Defaults to true.</summary>
    public bool Compress { get; init; } = true;

    /// <summary>Gets the headers of every response. They replace the server's own headers of the same name. Defaults to <c>X-Content-Type-Options: nosniff</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [new("X-Content-Type-Options", "nosniff")];

    /// <summary>Gets the content types by file extension, with its dot. They extend and override those of ASP.NET Core and /etc/mime.types. Defaults to none.</summary>
    public IReadOnlyDictionary<string, string> ContentTypes { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the file of the root that is the page for status 404, such as <c>404.html</c>. Defaults to null: one line of text.</summary>
    public string? NotFoundFile { get; init; }

    /// <summary>Gets the page of a single-page application, such as <c>index.html</c>. It is sent for each missing path without a dot in its last part. Defaults to null: the status is 404.</summary>
    public string? FallbackFile { get; init; }

    /// <summary>Gets the addresses of other HTTP servers by path. The rest of the request path is appended to the address. Defaults to an empty dictionary.</summary>
    public IReadOnlyDictionary<string, Uri> Proxies { get; init; } = new Dictionary<string, Uri>();

    /// <summary>Gets the file of the users who may send requests, with HTTP Basic authentication. Defaults to null: no password is required.</summary>
    /// <remarks>
    /// After ten wrong passwords of a client in a minute, the status is 429. Servers behind this one get the name as
    /// <c>X-Forwarded-User</c>, but not the password. Without TLS, an address that is not a loopback address causes a warning.
    /// </remarks>
    public PasswordFile? Passwords { get; init; }

    /// <summary>
    /// Gets the networks of proxies whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> headers are trusted.
    /// Peers on UNIX sockets are always trusted. Defaults to the loopback addresses.
    /// </summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = TacHost.Services.Networking.Connections.TrustedProxies.Loopback.Networks;

    /// <summary>Gets the path of a file with a line in the combined log format for each request. Defaults to null: no file.</summary>
    /// <remarks>The file may be renamed at any time. The next line creates a new file.</remarks>
    public string? AccessLogFile { get; init; }

    /// <summary>Gets whether each request is logged to the service's log. Defaults to false.</summary>
    public bool LogRequests { get; init; }

    /// <inheritdoc/>
    protected override IReadOnlyList<ServiceNeed> OwnNeeds =>
    [
        new ServiceNeed(ServiceNeedKind.Directory, _root),
        .. new[] { NotFoundFile, FallbackFile }.OfType<string>().Select(file => new ServiceNeed(ServiceNeedKind.File, Path.Combine(_root, file.TrimStart('/')))),
        .. Passwords is null ? [] : new[] { Passwords.NeedOf(this) },
        .. Path.GetDirectoryName(AccessLogFile) is { Length: > 0 } logs ? new[] { new ServiceNeed(ServiceNeedKind.Directory, logs) } : [],
        .. Proxies.Values.Where(server => server.IsAbsoluteUri).Distinct().SelectMany(server => EndpointOf(server).NeedsOf(this)),
    ];

    private static ClientEndpoint EndpointOf(Uri server) => server.Scheme == Uri.UriSchemeHttps ? ClientEndpoint.Tls(server.IdnHost, server.Port) : ClientEndpoint.Tcp(server.IdnHost, server.Port);

    /// <inheritdoc/>
    protected override Task<RequestDelegate> MakeHandlerAsync(CancellationToken cancellationToken)
    {
        RootDirectory root = new(ResolvePath(_root)) { ShowsDotFiles = ServeDotFiles };
        root.Check();

        // The middlewares do not log, because they would log every file. The access log serves this purpose.
        var handler = FileRequests.Make(root, this, new LoggersOnly(NullLoggerFactory.Instance));
        if (Proxies.Count > 0)
            handler = WithUpstreams(handler);
        if (Passwords is not null)
            handler = WithPasswords(handler, Passwords);
        if (Headers.Count > 0)
            handler = WithHeaders(handler);
        if (AccessLogFile is { } path)
            handler = AccessLog.Around(handler, (_accessLogFile = new AccessLogFile(ResolvePath(path), Logger)).Write, TimeProvider.System);
        if (LogRequests)
            handler = AccessLog.Around(handler, line => WebLog.Request(Logger, line), TimeProvider.System);
        return Task.FromResult(ForwardedHeaders.Trusting(TrustedProxies, handler));
    }

    private protected override void PrepareToBind()
    {
        if (Passwords is null)
            return;
        Passwords.BaseDirectory = Application?.BaseDirectory;
        RecordFile(Passwords.Path);
        Passwords.Load();
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

    /// <summary>Adds the forwarding to other servers. A separate method, so that YARP is loaded only if it is needed.</summary>
    private RequestDelegate WithUpstreams(RequestDelegate handler) => (_upstreams = new Upstreams(Proxies, Logger)).Before(handler);

    private RequestDelegate WithPasswords(RequestDelegate handler, PasswordFile passwords)
    {
        foreach (var endPoint in LocalAddresses.OfType<IPEndPoint>().Where(endPoint => !IsTls && !IPAddress.IsLoopback(endPoint.Address)))
            WebLog.PasswordsExposed(Logger, endPoint);
        return new BasicAuthentication(handler, passwords, Logger).InvokeAsync;
    }

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
