using System.Net;
using TacHost.Services.Networking.Listening;
using TacHost.Services.Networking.Tls;

namespace TacHost.Services.Networking.Endpoints;

/// <summary>A TCP port on which TLS is spoken: <c>tls:443:certificate=/etc/ssl/server.pem:key=/etc/ssl/server.key</c>, or <c>tls:8443:selfSigned=localhost</c> for development.</summary>
internal sealed class TlsServerEndpoint(TcpServerEndpoint tcp, TlsOptions options) : ServerEndpoint
{
    private const string Required = "required";
    private const string Optional = "optional";

    /// <inheritdoc/>
    internal override IEnumerable<string> Files =>
        options.HostCertificates.Values.Append(options.Certificate).SelectMany(each => each.Files).Concat(options.ClientAuthorities is { } authorities ? [authorities] : []);

    /// <inheritdoc/>
    internal override IEnumerable<ServiceNeed> FileNeedsOf(Service service)
    {
        foreach (var need in options.HostCertificates.Values.Prepend(options.Certificate).SelectMany(each => each.NeedsOf(service)))
            yield return need;
        if (options.ClientAuthorities is { } authorities)
            yield return TrustedRoots.NeedOf(authorities, service);
    }

    public static TlsServerEndpoint Parse(EndpointText text)
    {
        var port = text.RequiredNumber("port", IPEndPoint.MaxPort);
        var key = text.Optional("key", "privateKey");
        var certificate = text.Optional("certificate", "certKey") ?? key;
        var chain = text.Optional("chain", "extraCertChain");
        var passwordFile = text.Optional("passwordFile");
        var authorities = text.Optional("clientCA", "clientAuthorities");
        var asked = text.Optional("clientCertificate");
        var iface = text.Optional("interface") ?? "";
        var backlog = text.OptionalNumber("backlog", 1, int.MaxValue);
        var selfSigned = text.Optional("selfSigned");
        text.Finish();
        if (selfSigned is not null && (certificate ?? chain ?? passwordFile) is not null)
            throw text.Error("it has both a certificate file and 'selfSigned'", "Leave one of them out");
        if (string.IsNullOrEmpty(certificate) && selfSigned is null)
            throw text.Error("its certificate is missing", "Expected certificate= with a PEM file, and key= unless that is in the same file; or a .pfx file; or selfSigned=localhost for development");
        if (asked is not (null or Required or Optional))
            throw text.ValueError("clientCertificate", asked, $"'{Required}' or '{Optional}'");
        if (authorities is "" || (asked is not null && authorities is null))
            throw text.Error(authorities is null ? "'clientCertificate' has no 'clientCA' beside it" : "its 'clientCA' is empty", "Name the PEM file of the certificate authorities for clients");
        var source = selfSigned is null ? FromFiles(text, certificate!, key, chain) : SelfSigned(text, selfSigned);
        return new TlsServerEndpoint(
            new TcpServerEndpoint(port, iface, backlog),
            new TlsOptions(string.IsNullOrEmpty(passwordFile) ? source : source.WithPasswordFile(passwordFile))
            {
                ClientAuthorities = authorities,
                RequiresClientCertificate = asked != Optional,
            });
    }

    private static TlsCertificate FromFiles(EndpointText text, string certificate, string? key, string? chain)
    {
        if (key == certificate || string.IsNullOrEmpty(key))
            key = null;
        var isPfx = Path.GetExtension(certificate).ToUpperInvariant() is ".PFX" or ".P12";
        if (isPfx && (key ?? chain) is not null)
            throw text.Error($"its certificate is a PFX file, which holds {(key is null ? "the chain" : "the key")} as well", $"Leave {(key is null ? "'chain'" : "'key'")} out");
        return isPfx ? TlsCertificate.FromPfx(certificate) : TlsCertificate.FromPem(certificate, key, string.IsNullOrEmpty(chain) ? null : chain);
    }

    private static TlsCertificate SelfSigned(EndpointText text, string hosts)
    {
        var names = hosts.Split(',');
        if (names.Any(name => name.Length == 0 || name.Any(char.IsWhiteSpace)))
            throw text.ValueError("selfSigned", hosts, "the host names of the certificate, separated by commas, such as 'localhost'");
        return TlsCertificate.SelfSigned(names[0], names[1..]);
    }

    /// <inheritdoc/>
    public override string ToString() => EndpointText.Print(
        "tls",
        [("", tcp.PrintedPort), ("certificate", options.Certificate.MadeFor.Count > 0 ? null : options.Certificate.CertificateFile), ("selfSigned", options.Certificate.MadeFor.Count > 0 ? string.Join(',', options.Certificate.MadeFor) : null), ("key", options.Certificate.KeyFile), ("chain", options.Certificate.ChainFile), ("passwordFile", options.Certificate.PasswordFile),
            ("clientCA", options.ClientAuthorities), ("clientCertificate", options is { ClientAuthorities: not null, RequiresClientCertificate: false } ? Optional : null), .. tcp.PrintedParameters]);

    /// <inheritdoc/>
    internal override Task ListenAsync(ListenerSettings settings, ICollection<StreamListener> listeners, CancellationToken cancellationToken) =>
        tcp.ListenAsync(
            settings with { Tls = new TlsCertificates(options, settings.ServicePath, settings.Logger, settings.Application), HandshakeTimeout = options.HandshakeTimeout },
            listeners,
            cancellationToken);
}
