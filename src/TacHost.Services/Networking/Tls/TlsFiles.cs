using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TacHost.Services.Networking.Tls;

/// <summary>Reads certificates and keys, with readable errors.</summary>
internal static class TlsFiles
{
    private const string Ed25519 = "1.3.101.112";

    /// <summary>Reads a certificate, its key and its chain.</summary>
    /// <exception cref="CryptographicException">The files do not have them, or the key cannot be used.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static SslStreamCertificateContext Read(TlsCertificate source)
    {
        var password = source.PasswordFile is { } file ? File.ReadLines(file).FirstOrDefault() ?? "" : source.Password;
        X509Certificate2 certificate;
        X509Certificate2Collection chain = [];
        if (source.IsPfx)
        {
            chain = X509CertificateLoader.LoadPkcs12CollectionFromFile(source.CertificateFile, password);
            certificate = chain.FirstOrDefault(each => each.HasPrivateKey) ?? throw new CryptographicException("There is no key in it.");
        }
        else
        {
            certificate = ReadPem(source, password);
            chain.ImportFromPemFile(source.CertificateFile);
            if (source.ChainFile is not null)
                chain.ImportFromPemFile(source.ChainFile);
        }

        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    /// <summary>Returns whether an exception says that files cannot be used.</summary>
    public static bool IsUnreadable(Exception e) => e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or NotSupportedException;

    private static X509Certificate2 ReadPem(TlsCertificate source, string? password)
    {
        try
        {
            return password is null
                ? X509Certificate2.CreateFromPemFile(source.CertificateFile, source.KeyFile)
                : X509Certificate2.CreateFromEncryptedPemFile(source.CertificateFile, password, source.KeyFile);
        }
        catch (Exception e) when (e is CryptographicException or NotSupportedException && Reason(File.ReadAllText(source.KeyFile ?? source.CertificateFile), e, password is not null) is { } reason)
        {
            throw new CryptographicException(reason, e);
        }
    }

    private static string? Reason(string key, Exception e, bool hasPassword)
    {
        if (key.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
            return "The key is encrypted in OpenSSL's old form. Convert it with 'openssl pkcs8 -topk8'.";
        if (!hasPassword && key.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal))
            return "The key is encrypted, and its password is missing. Name a file with the password by 'passwordFile', or take the password off with 'openssl pkey'.";
        if (e.Message.Contains(Ed25519, StringComparison.Ordinal))
            return "The key is an Ed25519 key, which .NET cannot use. Make an ECDSA or an RSA key.";
        if (!hasPassword)
            return null;
        return key.Contains("ENCRYPTED", StringComparison.Ordinal) ? "The password does not fit the key." : "There is a password, but the key is not encrypted. Leave the password out.";
    }
}
