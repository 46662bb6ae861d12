using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TacHost.TestSupport.Networking;

/// <summary>Makes self-signed certificates in files.</summary>
public static class TestCertificates
{
    public static X509Certificate2 Make(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={host}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
    }

    /// <summary>Writes the certificate and its key into two files.</summary>
    public static (string Certificate, string Key) WritePem(TemporaryDirectory directory, string host)
    {
        using var certificate = Make(host);
        var (certificateFile, keyFile) = (directory[$"{host}.pem"], directory[$"{host}.key"]);
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
