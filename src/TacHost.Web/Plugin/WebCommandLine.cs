using System.Net;
using TacHost.Services.Networking;
using TacHost.Services.Plugins;

namespace TacHost.Web.Plugin;

/// <summary>The options of the <c>web</c> plugin.</summary>
public sealed class WebCommandLine : IPostOptions
{
    internal const int DefaultPort = 8080;
    internal const string DefaultIface = "localhost";

    /// <summary>Gets or sets the port to listen on.</summary>
    [Option("port", 'p', "the port to listen on", DefaultText = "8080")]
    public Port? Port { get; set; }

    /// <summary>Gets or sets the interface to listen on.</summary>
    [Option("iface", 'i', "the address, host name or network interface to listen on; empty for all of them", DefaultText = "localhost")]
    public Iface? Iface { get; set; }

    /// <summary>Gets or sets the endpoint to listen on instead of a port.</summary>
    [Option("endpoint", "where to listen, in place of --port and --iface, such as unix:/run/web.sock or systemd:name=http")]
    public ServerEndpoint? Endpoint { get; set; }

    /// <summary>Gets or sets the directory to serve.</summary>
    [Option("root", 'r', "the directory to serve")]
    public ExistingDirectory Root { get; set; } = new(".");

    /// <summary>Gets or sets the names of the index files.</summary>
    [Option("index", "a file that stands for the directory it is in; the first that is there counts")]
    public List<string> Index { get; set; } = ["index.html"];

    /// <summary>Gets or sets whether directories are listed.</summary>
    [Option("list", 'l', "list directories that have no index file")]
    public bool List { get; set; }

    /// <summary>Gets or sets the value of <see cref="WebServer.NotFoundFile"/>.</summary>
    [Option("not-found", "a file of the root that is the page for status 404, such as 404.html", ValueName = "FILE")]
    public string? NotFound { get; set; }

    /// <summary>Gets or sets the value of <see cref="WebServer.FallbackFile"/>.</summary>
    [Option("fallback", "a file of the root that answers every path without a dot in its last part that is not there, as single-page applications want it", ValueName = "FILE")]
    public string? Fallback { get; set; }

    /// <summary>Gets or sets the file with the users who may send requests.</summary>
    [Option("password-file", "a file with a line name:hash for each user who may send requests, as htpasswd -B writes it; without it, all requests are allowed")]
    public ExistingFile? PasswordFile { get; set; }

    /// <summary>Gets or sets whether dot files are served.</summary>
    [Option("dot-files", "serve files and directories whose names begin with a dot")]
    public bool DotFiles { get; set; }

    /// <summary>Gets or sets whether texts are compressed.</summary>
    [Option("compress", "send texts as they are, also to clients that could read them compressed")]
    public bool Compress { get; set; } = true;

    /// <summary>Gets or sets the headers of every response.</summary>
    [Option("header", 'H', "a header for every answer, such as 'Cache-Control: no-cache'")]
    public List<HeaderField> Headers { get; set; } = [];

    /// <summary>Gets or sets content types by the end of file names.</summary>
    [Option("content-type", "the content type of files whose name ends so, such as .poem=text/plain", ValueName = "END=TYPE")]
    public List<KeyValuePair<string, string>> ContentTypes { get; set; } = [];

    /// <summary>Gets or sets the certificate.</summary>
    [Option("tls-cert", "speak TLS, and HTTP/2, with the certificate and chain in this PEM file, or with this .pfx file")]
    public ExistingFile? TlsCertificate { get; set; }

    /// <summary>Gets or sets the private key of the certificate.</summary>
    [Option("tls-key", "the PEM file with the key of the certificate, unless it is in the same file")]
    public ExistingFile? TlsKey { get; set; }

    /// <summary>Gets or sets the paths that are forwarded to other servers.</summary>
    [Option("proxy", "let another HTTP server answer for a path; what follows the path is added to its address")]
    public List<ProxyRule> Proxies { get; set; } = [];

    /// <summary>Gets or sets the networks of trusted proxies in front of the server.</summary>
    [Option("trusted-proxy", "a network of proxies in front of this server, whose X-Forwarded-For, -Proto and -Host count; this machine's do")]
    public List<IPNetwork> TrustedProxies { get; set; } = [];

    /// <summary>Gets or sets the access log file.</summary>
    [Option("access-log", "a file that gets a line in the combined form for each request, in place of the log")]
    public FilePath? AccessLog { get; set; }

    /// <summary>Gets or sets whether requests are logged to the host's log.</summary>
    [Option("log-requests", "log no requests")]
    public bool LogRequests { get; set; } = true;

    /// <inheritdoc/>
    public void PostOptions()
    {
        if (Endpoint is not null && (Port is not null || Iface is not null || TlsCertificate is not null))
            throw new UsageException($"--endpoint says where to listen, and so does {(Port is not null ? "--port" : Iface is not null ? "--iface" : "--tls-cert")}. Leave one of them out; TLS has an endpoint of its own, tls:443:certificate=….");
        if (TlsKey is not null && TlsCertificate is null)
            throw new UsageException("--tls-key is of no use without --tls-cert. Give the certificate, too.");
        if (TlsKey is not null && IsPfx(TlsCertificate!.Value))
            throw new UsageException("--tls-cert is a PFX file, which holds the key as well. Leave --tls-key out.");
        if (Index.FirstOrDefault(name => name.Length == 0 || name.Contains('/')) is { } index)
            throw new UsageException($"'{index}' cannot be an --index, which is the name of a file without a directory.");
        if (ContentTypes.FirstOrDefault(each => each.Key.Trim('.').Length == 0 || !Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(each.Value, out _)) is { Key: not null } type)
            throw new UsageException($"'{type.Key}={type.Value}' cannot be a --content-type, which is the end of a name and a type, such as .poem=text/plain.");
        if (Proxies.GroupBy(each => each.Path).FirstOrDefault(same => same.Count() > 1) is { Key: var path })
            throw new UsageException($"--proxy gives two servers for '{path}'. Leave one of them out.");
    }

    internal static TlsCertificate CertificateOf(ExistingFile file, ExistingFile? key) =>
        IsPfx(file) ? Services.Networking.TlsCertificate.FromPfx(file) : Services.Networking.TlsCertificate.FromPem(file, key?.Path);

    private static bool IsPfx(ExistingFile file) => System.IO.Path.GetExtension(file.Path).ToUpperInvariant() is ".PFX" or ".P12";
}
