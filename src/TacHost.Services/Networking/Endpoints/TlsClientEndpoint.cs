using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using TacHost.Services.Networking.Connecting;
using TacHost.Services.Networking.Tls;

namespace TacHost.Services.Networking.Endpoints;

/// <summary>A TCP port of a host on which TLS is spoken: <c>tls:example.org:443</c>. The host's certificate must be for that name.</summary>
internal sealed class TlsClientEndpoint : ClientEndpoint
{
    public TlsClientEndpoint()
    {
    }

    [SetsRequiredMembers]
    public TlsClientEndpoint(string host, int port, TimeSpan? timeout, IPAddress? bindAddress)
    {
        (Host, Port, BindAddress) = (ClientKinds.CheckedHost(host), ClientKinds.Checked(port), bindAddress);
        Timeout = ClientKinds.Checked(timeout);
    }

    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <inheritdoc cref="TcpClientEndpoint.BindAddress"/>
    public IPAddress? BindAddress { get; init; }

    /// <summary>A PEM file of the authorities to trust, or a directory of such files, or null for the system's.</summary>
    public string? TrustRoots { get; init; }

    /// <summary>A PEM file with the client's own certificate, or null for none.</summary>
    public string? Certificate { get; init; }

    /// <summary>A PEM file with its key, or null if that is in the same file.</summary>
    public string? Key { get; init; }

    public static TlsClientEndpoint Parse(EndpointText text) => new()
    {
        Host = ClientKinds.Host(text),
        Port = ClientKinds.Port(text),
        Timeout = ClientKinds.Timeout(text),
        BindAddress = ClientKinds.BindAddress(text),
        Certificate = text.Optional("certificate", "certKey"),
        Key = text.Optional("key", "privateKey"),
        TrustRoots = text.Optional("trustRoots", "caCertsDir"),
    };

    /// <inheritdoc/>
    public override string ToString() => EndpointText.Print(
        "tls",
        ("", Host),
        ("", Port.ToString(CultureInfo.InvariantCulture)),
        ("timeout", ClientKinds.Print(Timeout)),
        ("bindAddress", BindAddress?.ToString()),
        ("certificate", Certificate),
        ("key", Key),
        ("trustRoots", TrustRoots));

    /// <inheritdoc/>
    internal override IEnumerable<ServiceNeed> FileNeedsOf(Service service) =>
        [.. Certificate is null ? [] : TlsCertificate.FromPem(Certificate, Key).NeedsOf(service), .. TrustRoots is null ? [] : new[] { TrustedRoots.NeedOf(TrustRoots, service) }];

    /// <inheritdoc/>
    internal override async Task<OpenedSocket> OpenAsync(CancellationToken cancellationToken)
    {
        // Read for each attempt, so that files may be replaced.
        SslClientAuthenticationOptions options = new()
        {
            TargetHost = Host,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,
            CertificateChainPolicy = TrustRoots is null ? null : TrustedRoots.Read(TrustRoots),
            ClientCertificateContext = ClientCertificate(),
        };
        var socket = await HostSocket.ConnectAsync(this, Host, Port, BindAddress, cancellationToken);
        SslStream? tls = null;
        try
        {
            tls = new SslStream(new NetworkStream(socket, ownsSocket: false));
            await tls.AuthenticateAsClientAsync(options, cancellationToken);
            return new OpenedSocket(socket, socket.RemoteEndPoint!, tls);
        }
        catch
        {
            tls?.Dispose();
            socket.Dispose();
            throw;
        }
    }

    private SslStreamCertificateContext? ClientCertificate()
    {
        if (Certificate is null)
            return null;
        X509Certificate2Collection chain = [];
        chain.ImportFromPemFile(Certificate);
        return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(Certificate, Key), chain, offline: true);
    }
}
