namespace TacHost.Services.Networking;

/// <summary>Where a certificate, its key and the certificates between it and its authority come from.</summary>
/// <remarks>Only a description. Files are read when a server starts, and again by the first connection after they have changed.</remarks>
public sealed class TlsCertificate
{
    private TlsCertificate(string certificateFile, string? keyFile, string? chainFile, string? password, bool isPfx) =>
        (CertificateFile, KeyFile, ChainFile, Password, IsPfx) = (certificateFile, keyFile, chainFile, password, isPfx);

    /// <summary>The file with the certificate. Empty for one without a file, see <see cref="SelfSigned"/>.</summary>
    public string CertificateFile { get; }

    /// <summary>The file with the key, or null if that is in the same file.</summary>
    public string? KeyFile { get; }

    /// <summary>A file with further certificates of the chain, or null if they are all in the same file as the certificate.</summary>
    public string? ChainFile { get; }

    /// <summary>Gets the file with the password of the key, or null.</summary>
    public string? PasswordFile { get; private init; }

    internal string? Password { get; }

    internal bool IsPfx { get; }

    /// <summary>The hosts to make a certificate for, or empty if it comes from files.</summary>
    internal IReadOnlyList<string> MadeFor { get; private init; } = [];

    internal IEnumerable<string> Files => MadeFor.Count > 0 ? [] : new[] { CertificateFile, KeyFile, ChainFile, PasswordFile }.OfType<string>();

    /// <summary>Returns the same description with absolute paths, of which relative ones start at the base directory of an application.</summary>
    internal TlsCertificate In(Application? application) => application is null || MadeFor.Count > 0
        ? this
        : new TlsCertificate(
            application.ResolvePath(CertificateFile),
            KeyFile is null ? null : application.ResolvePath(KeyFile),
            ChainFile is null ? null : application.ResolvePath(ChainFile),
            Password,
            IsPfx)
        { PasswordFile = PasswordFile is null ? null : application.ResolvePath(PasswordFile) };

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

    /// <summary>Returns the same description with the password of the key or of the PFX file in a file of its own, as its first line.</summary>
    /// <param name="file">The file. It is read when the certificate is.</param>
    public TlsCertificate WithPasswordFile(string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        return new TlsCertificate(CertificateFile, KeyFile, ChainFile, null, IsPfx) { PasswordFile = file, MadeFor = MadeFor };
    }

    /// <summary>Asks for a certificate that is made when the server starts and never leaves its memory: a new one each time, which no client trusts unless it is told to.</summary>
    /// <remarks>For trying things out without files. The log tells its SHA-256 fingerprint, so that a client can see whom it speaks with.</remarks>
    /// <param name="host">The host or the address that it is for.</param>
    /// <param name="furtherHosts">More of them.</param>
    /// <exception cref="ArgumentException">One is empty.</exception>
    public static TlsCertificate SelfSigned(string host, params string[] furtherHosts)
    {
        ArgumentNullException.ThrowIfNull(furtherHosts);
        string[] hosts = [host, .. furtherHosts];
        foreach (var each in hosts)
            ArgumentException.ThrowIfNullOrEmpty(each, nameof(host));
        return new TlsCertificate("", null, null, null, isPfx: false) { MadeFor = hosts };
    }
}
