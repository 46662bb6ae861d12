using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TacHost.TestSupport.Networking;

/// <summary>Makes self-signed certificates in files.</summary>
public static class TestCertificates
{
    /// <summary>Makes a certificate that is valid from 1970, unless it begins later.</summary>
    /// <param name="host">The host.</param>
    /// <param name="years">How long it is valid.</param>
    /// <param name="later">How many years after 1970 it begins.</param>
    public static X509Certificate2 Make(string host, int years = 200, int later = 0)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={host}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(later), DateTimeOffset.UnixEpoch.AddYears(later + years));
    }

    /// <summary>Writes the certificate and its key into two files.</summary>
    public static (string Certificate, string Key) WritePem(TemporaryDirectory directory, string host) => WritePem(directory.Path, host);

    /// <summary>Writes the certificate and its key into two files.</summary>
    public static (string Certificate, string Key) WritePem(string directory, string host, int years = 200, int later = 0)
    {
        using var certificate = Make(host, years, later);
        var (certificateFile, keyFile) = (Path.Combine(directory, $"{host}.pem"), Path.Combine(directory, $"{host}.key"));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (certificateFile, keyFile);
    }

    public static string WritePfx(TemporaryDirectory directory, string host, string? password)
    {
        using var certificate = Make(host);
        File.WriteAllBytes(directory[$"{host}.pfx"], certificate.Export(X509ContentType.Pfx, password));
        return directory[$"{host}.pfx"];
    }
}
