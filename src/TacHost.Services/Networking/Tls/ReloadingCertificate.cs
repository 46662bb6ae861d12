using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace TacHost.Services.Networking.Tls;

/// <summary>A certificate that is read again when its files have changed; looking at them costs nothing beside a handshake.</summary>
internal sealed class ReloadingCertificate
{
    private readonly TlsCertificate _source;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private SslStreamCertificateContext _current;
    private string _stamp;

    /// <exception cref="CannotListenException">It cannot be read.</exception>
    public ReloadingCertificate(TlsCertificate source, string servicePath, ILogger logger)
    {
        (_source, _logger) = (source, logger);
        _stamp = Stamp();
        try
        {
            _current = Read();
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            throw new CannotListenException(null, $"The service '{servicePath}' cannot listen, because the certificate '{source.CertificateFile}'{(source.KeyFile is null ? "" : $" with the key '{source.KeyFile}'")} cannot be read: {e.Message}\n  Name a PEM file with a certificate and one with its key, or a PFX file and its password.", e);
        }
    }

    /// <summary>The certificate as it is in the files now, or as it was before if they cannot be read.</summary>
    public SslStreamCertificateContext Current
    {
        get
        {
            lock (_gate)
            {
                var stamp = Stamp();
                if (stamp != _stamp)
                    Reload(stamp);
                return _current;
            }
        }
    }

    private void Reload(string stamp)
    {
        _stamp = stamp;
        try
        {
            // Handshakes may still be using the one before, which therefore is left to the garbage collector.
            _current = Read();
            NetworkingLog.CertificateReloaded(_logger, _source.CertificateFile);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            NetworkingLog.CertificateNotReloaded(_logger, e, _source.CertificateFile);
        }
    }

    private SslStreamCertificateContext Read()
    {
        if (_source.MadeFor.Count > 0)
            return SelfSignedCertificate.Make(_source.MadeFor, _logger);
        X509Certificate2 certificate;
        X509Certificate2Collection chain = [];
        if (_source.IsPfx)
        {
            chain = X509CertificateLoader.LoadPkcs12CollectionFromFile(_source.CertificateFile, _source.Password);
            certificate = chain.FirstOrDefault(each => each.HasPrivateKey) ?? throw new CryptographicException("There is no key in it.");
        }
        else
        {
            certificate = _source.Password is null
                ? X509Certificate2.CreateFromPemFile(_source.CertificateFile, _source.KeyFile)
                : X509Certificate2.CreateFromEncryptedPemFile(_source.CertificateFile, _source.Password, _source.KeyFile);
            chain.ImportFromPemFile(_source.CertificateFile);
            if (_source.ChainFile is not null)
                chain.ImportFromPemFile(_source.ChainFile);
        }

        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    /// <summary>What tells that a file has been replaced or written to.</summary>
    private string Stamp() => string.Join(';', _source.Files.Select(file =>
    {
        FileInfo info = new(file);
        return info.Exists ? $"{info.LastWriteTimeUtc.Ticks},{info.Length}" : "";
    }));

    private static bool IsUnreadable(Exception e) => e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;
}
