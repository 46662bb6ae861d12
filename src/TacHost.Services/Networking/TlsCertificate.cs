using TacHost.Services.Networking.Tls;

namespace TacHost.Services.Networking;

/// <summary>The source of a certificate, its key and its intermediate certificates.</summary>
/// <remarks>Only a description. The files are read when a server starts, and reread by the first connection after a change.</remarks>
public sealed class TlsCertificate
{
    private TlsCertificate(string certificateFile, string? keyFile, string? chainFile, string? password, bool isPfx) =>
        (CertificateFile, KeyFile, ChainFile, Password, IsPfx) = (certificateFile, keyFile, chainFile, password, isPfx);

    /// <summary>Gets the file with the certificate. Empty for a certificate without a file; see <see cref="SelfSigned"/>.</summary>
    public string CertificateFile { get; }

    /// <summary>Gets the file with the key, or null if the certificate file contains it.</summary>
    public string? KeyFile { get; }

    /// <summary>Gets the file with further certificates of the chain, or null if the certificate file contains all of them.</summary>
    public string? ChainFile { get; }

    /// <summary>Gets the file with the password of the key, or null.</summary>
    public string? PasswordFile { get; private init; }

    internal string? Password { get; }

    internal bool IsPfx { get; }

    /// <summary>Gets the hosts of a self-signed certificate, or an empty list if the certificate is read from files.</summary>
    internal IReadOnlyList<string> MadeFor { get; private init; } = [];

    internal IEnumerable<string> Files => MadeFor.Count > 0 ? [] : new[] { CertificateFile, KeyFile, ChainFile, PasswordFile }.OfType<string>();

    /// <summary>Returns a copy with absolute paths. Relative paths are resolved against the base directory of an application.</summary>
    internal TlsCertificate In(Application? application) => application is null || MadeFor.Count > 0
        ? this
        : new TlsCertificate(
            application.ResolvePath(CertificateFile),
            KeyFile is null ? null : application.ResolvePath(KeyFile),
            ChainFile is null ? null : application.ResolvePath(ChainFile),
            Password,
            IsPfx)
        { PasswordFile = PasswordFile is null ? null : application.ResolvePath(PasswordFile) };

    /// <summary>Returns the needs of a server that presents the certificate. Empty for a certificate without a file.</summary>
    /// <param name="server">The server, which resolves relative paths.</param>
    public IReadOnlyList<ServiceNeed> NeedsOf(Service server)
    {
        ArgumentNullException.ThrowIfNull(server);
        return MadeFor.Count > 0 ? [] : [new ServiceNeed(ServiceNeedKind.Certificate, CertificateFile) { Verify = () => CertificateFault.Of(In(server.Application)) }];
    }

    /// <summary>Returns a certificate from PEM files, as created by Let's Encrypt and OpenSSL.</summary>
    /// <param name="certificateFile">The file with the certificate first, followed by those of the chain.</param>
    /// <param name="keyFile">The file with the key. Defaults to null: the certificate file contains the key.</param>
    /// <param name="chainFile">A file with further certificates of the chain. Defaults to null: no further certificates.</param>
    /// <param name="password">The password of the key. Defaults to null: the key is not encrypted.</param>
    public static TlsCertificate FromPem(string certificateFile, string? keyFile = null, string? chainFile = null, string? password = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(certificateFile);
        return new TlsCertificate(certificateFile, keyFile, chainFile, password, isPfx: false);
    }

    /// <summary>Returns a certificate from a PFX (PKCS#12) file, which contains the certificate, its key and its chain.</summary>
    /// <param name="file">The file.</param>
    /// <param name="password">The password of the file. Defaults to null: the file has no password.</param>
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

    /// <summary>
    /// Returns a self-signed certificate. Each start of the server creates a new one, which
    /// never leaves its memory. Clients do not trust it unless they are configured to.
    /// </summary>
    /// <remarks>Intended for tests without files. Its SHA-256 fingerprint is logged, so that a client can verify the identity of the server.</remarks>
    /// <param name="host">The host name or the address that the certificate is for.</param>
    /// <param name="furtherHosts">Further host names or addresses.</param>
    /// <exception cref="ArgumentException">A host is empty.</exception>
    public static TlsCertificate SelfSigned(string host, params string[] furtherHosts)
    {
        ArgumentNullException.ThrowIfNull(furtherHosts);
        string[] hosts = [host, .. furtherHosts];
        foreach (var each in hosts)
            ArgumentException.ThrowIfNullOrEmpty(each, nameof(host));
        return new TlsCertificate("", null, null, null, isPfx: false) { MadeFor = hosts };
    }
}
