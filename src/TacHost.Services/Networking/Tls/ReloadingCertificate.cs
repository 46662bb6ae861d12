using System.Net.Security;
using Microsoft.Extensions.Logging;

namespace TacHost.Services.Networking.Tls;

/// <summary>A certificate that is read again when its files have changed.</summary>
internal sealed class ReloadingCertificate
{
    private readonly ReloadedValue<SslStreamCertificateContext> _value;

    /// <exception cref="CannotListenException">The certificate cannot be read.</exception>
    public ReloadingCertificate(TlsCertificate source, string servicePath, ILogger logger)
    {
        try
        {
            _value = new(
                () => source.Files,
                () => source.MadeFor.Count > 0 ? SelfSignedCertificate.Make(source.MadeFor, logger) : TlsFiles.Read(source),
                () => NetworkingLog.CertificateReloaded(logger, source.CertificateFile),
                e => NetworkingLog.CertificateNotReloaded(logger, e, source.CertificateFile));
        }
        catch (Exception e) when (TlsFiles.IsUnreadable(e))
        {
            throw new CannotListenException(null, $"The service '{servicePath}' cannot listen, because the certificate '{source.CertificateFile}'{(source.KeyFile is null ? "" : $" with the key '{source.KeyFile}'")} cannot be read: {e.Message}\n  Name a PEM file with a certificate and one with its key, or a PFX file and its password.", e);
        }
    }

    /// <summary>Gets the current certificate of the files, or the previous one if they cannot be read.</summary>
    public SslStreamCertificateContext Current => _value.Current;
}
