namespace TacHost.Services.Networking;

/// <summary>How a server speaks TLS.</summary>
public sealed class TlsOptions
{
    internal static readonly TimeSpan DefaultHandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Settings with their defaults.</summary>
    /// <param name="certificate">The certificate for clients that name no host, or none of <see cref="HostCertificates"/>.</param>
    public TlsOptions(TlsCertificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        Certificate = certificate;
    }

    /// <summary>The certificate for clients that name no host, or none of <see cref="HostCertificates"/>.</summary>
    public TlsCertificate Certificate { get; }

    /// <summary>Certificates by the host that a client names (SNI, RFC 6066). <c>*.example.org</c> stands for every host one label below. Letters of either case are the same. Defaults to none.</summary>
    public IReadOnlyDictionary<string, TlsCertificate> HostCertificates { get; init; } = new Dictionary<string, TlsCertificate>();

    /// <summary>How long a client may take for its handshake before it is cut off. Defaults to 10 seconds.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = DefaultHandshakeTimeout;
}
