namespace TacHost.Services.Networking;

/// <summary>The TLS settings of a server.</summary>
public sealed class TlsOptions
{
    internal static readonly TimeSpan DefaultHandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Initializes the settings with their defaults.</summary>
    /// <param name="certificate">The certificate for clients that request no host, or a host that is not in <see cref="HostCertificates"/>.</param>
    public TlsOptions(TlsCertificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        Certificate = certificate;
    }

    /// <summary>Gets the certificate for clients that request no host, or a host that is not in <see cref="HostCertificates"/>.</summary>
    public TlsCertificate Certificate { get; }

    /// <summary>Gets the certificates by the host that a client requests (SNI, RFC 6066). Defaults to an empty dictionary.</summary>
    /// <remarks><c>*.example.org</c> matches every host one label below. Host names are not case-sensitive.</remarks>
    public IReadOnlyDictionary<string, TlsCertificate> HostCertificates { get; init; } = new Dictionary<string, TlsCertificate>();

    /// <summary>Gets the PEM file with the certificate authorities of clients, or a directory of <c>….pem</c> files. Defaults to null: clients are not asked for certificates.</summary>
    /// <remarks>
    /// The files are read again when they change. If a certificate restricts its usage, it must permit client authentication. Revocation lists are not checked. Protocols find the
    /// certificate as <see cref="ITransport.PeerCertificate"/>, and handlers of HTTP as <c>Connection.ClientCertificate</c>.
    /// </remarks>
    public string? ClientAuthorities { get; init; }

    /// <summary>Gets whether a client without a certificate is refused. A certificate that is not from the authorities is always refused. Has no effect without <see cref="ClientAuthorities"/>. Defaults to true.</summary>
    public bool RequiresClientCertificate { get; init; } = true;

    /// <summary>Gets the timeout of the handshake, after which the connection is closed. Defaults to 10 seconds.</summary>
    public TimeSpan HandshakeTimeout { get; init => field = SettingRange.Timeout(value); } = DefaultHandshakeTimeout;
}
