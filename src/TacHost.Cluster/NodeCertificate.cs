using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Remote.Transport.DotNetty;
using TacHost.CommandLine;

namespace TacHost.Cluster;

/// <summary>The certificate of a node, and the authority that must have signed those of all others.</summary>
internal sealed class NodeCertificate
{
    private readonly X509Certificate2 _own;
    private readonly X509Certificate2 _authority;

    private NodeCertificate(X509Certificate2 own, X509Certificate2 authority) => (_own, _authority) = (own, authority);

    /// <summary>Reads the files.</summary>
    /// <exception cref="TacHostException">A file cannot be read, or the authority has not signed the certificate.</exception>
    public static NodeCertificate Read(ClusterTls files)
    {
        try
        {
            using var pem = X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
            // Without this step, the key is not in the form that a handshake needs.
            NodeCertificate certificate = new(X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null), X509CertificateLoader.LoadCertificateFromFile(files.Authority));
            return certificate.IsTrusted(certificate._own)
                ? certificate
                : throw new TacHostException(ExitCode.Usage, $"the certificate '{files.Certificate}' cannot be that of a node, because '{files.Authority}' has not signed it, or it is not valid now.");
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new TacHostException(ExitCode.NoInput, $"cannot read the certificate of the node from '{files.Certificate}', '{files.Key}' and '{files.Authority}': {e.Message}", e);
        }
    }

    /// <summary>Returns the setup for both sides of each connection.</summary>
    public DotNettySslSetup Setup() =>
        new(_own, suppressValidation: false, requireMutualAuthentication: true, (certificate, _, _, _, _) => certificate is not null && IsTrusted(certificate));

    private bool IsTrusted(X509Certificate2 certificate)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }
}
