namespace TacHost.Services.Networking;

/// <summary>The files with a certificate, its key and the certificates between it and its authority.</summary>
/// <remarks>Only a description. The files are read when a server starts, and again by the first connection after they have changed.</remarks>
public sealed class TlsCertificate
{
    private TlsCertificate(string certificateFile, string? keyFile, string? chainFile, string? password, bool isPfx) =>
        (CertificateFile, KeyFile, ChainFile, Password, IsPfx) = (certificateFile, keyFile, chainFile, password, isPfx);

    /// <summary>The file with the certificate.</summary>
    public string CertificateFile { get; }

    /// <summary>The file with the key, or null if that is in the same file.</summary>
    public string? KeyFile { get; }

    /// <summary>A file with further certificates of the chain, or null if they are all in the same file as the certificate.</summary>
    public string? ChainFile { get; }

    internal string? Password { get; }

    internal bool IsPfx { get; }

    internal IEnumerable<string> Files => [CertificateFile, .. KeyFile is null ? [] : (string[])[KeyFile], .. ChainFile is null ? [] : (string[])[ChainFile]];

    /// <summary>Names PEM files, as Let's Encrypt and OpenSSL make them.</summary>
    /// <param name="certificateFile">The certificate first, then those of the chain, in one file.</param>
    /// <param name="keyFile">The key. Defaults to null: it is in the same file.</param>
    /// <param name="chainFile">Further certificates of the chain. Defaults to null: none.</param>
    /// <param name="password">Of the key. Defaults to null: it is not enciphered.</param>
    public static TlsCertificate FromPem(string certificateFile, string? keyFile = null, string? chainFile = null, string? password = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(certificateFile);
        return new TlsCertificate(certificateFile, keyFile, chainFile, password, isPfx: false);
    }

    /// <summary>Names a PFX (PKCS#12) file, which holds the certificate, its key and its chain.</summary>
    /// <param name="file">The file.</param>
    /// <param name="password">Of the file. Defaults to null: it has none.</param>
    public static TlsCertificate FromPfx(string file, string? password = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        return new TlsCertificate(file, null, null, password, isPfx: true);
    }
}
