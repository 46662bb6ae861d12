using TacHost.Services;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Connections;
using TacHost.Services.Plugins;

namespace TacHost.Web.Plugin;

/// <summary>The <c>web</c> plugin: a <see cref="WebServer"/> from the command line.</summary>
/// <remarks>Ported from <c>twisted.tap.web</c>.</remarks>
[Plugin("web", "Serves files by HTTP and HTTPS, and passes paths on to other servers.")]
public sealed class WebServiceMaker : ServiceMaker<WebCommandLine>
{
    /// <inheritdoc/>
    protected override IService MakeService(WebCommandLine options)
    {
        var endpoint = options.Endpoint ?? Networking(options);
        return new WebServer(endpoint, options.Root)
        {
            IndexFiles = options.Index,
            ListDirectories = options.List,
            ServeDotFiles = options.DotFiles,
            NotFoundFile = options.NotFound,
            FallbackFile = options.Fallback,
            Passwords = options.PasswordFile is { } passwords ? new PasswordFile(passwords.Path) : null,
            Compress = options.Compress,
            Headers = [new("X-Content-Type-Options", "nosniff"), .. options.Headers.Select(header => new KeyValuePair<string, string>(header.Name, header.Value))],
            ContentTypes = options.ContentTypes.ToDictionary(each => each.Key.StartsWith('.') ? each.Key : "." + each.Key, each => each.Value, StringComparer.OrdinalIgnoreCase),
            Proxies = options.Proxies.ToDictionary(each => each.Path, each => each.Address),
            AccessLogFile = options.AccessLog?.Path,
            TrustedProxies = [.. TrustedProxies.Loopback.Networks, .. options.TrustedProxies],
            LogRequests = options.LogRequests && options.AccessLog is null,
        };
    }

    private static ServerEndpoint Networking(WebCommandLine options)
    {
        var port = options.Port ?? WebCommandLine.DefaultPort;
        return options.TlsCertificate is { } certificate
            ? WebServer.TlsEndpoint(port, options.Iface ?? WebCommandLine.DefaultIface, WebCommandLine.CertificateOf(certificate, options.TlsKey))
            : WebServer.PlainEndpoint(port, options.Iface ?? WebCommandLine.DefaultIface);
    }
}
