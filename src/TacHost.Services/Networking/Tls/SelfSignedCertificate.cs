using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace TacHost.Services.Networking.Tls;

/// <summary>An in-memory self-signed certificate, for use when no certificate file is given.</summary>
internal static class SelfSignedCertificate
{
    private static readonly TimeSpan _life = TimeSpan.FromDays(825);

    /// <summary>Creates a certificate and logs its fingerprint.</summary>
    public static SslStreamCertificateContext Make(IReadOnlyList<string> hosts, ILogger logger)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        X500DistinguishedNameBuilder subject = new();
        subject.AddCommonName(hosts[0]);
        CertificateRequest request = new(subject.Build(), key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        foreach (var host in hosts)
        {
            if (AddressText.TryParse(host, out var address))
                names.AddIpAddress(address);
            else
                names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));

        // Valid since yesterday, so that a client whose clock is up to a day slow accepts it.
        var now = TimeProvider.System.GetUtcNow();
        var certificate = request.CreateSelfSigned(now.AddDays(-1), now + _life);
        NetworkingLog.CertificateMade(logger, string.Join(", ", hosts), Convert.ToHexString(certificate.GetCertHash(HashAlgorithmName.SHA256)));
        return SslStreamCertificateContext.Create(certificate, null, offline: true);
    }
}
