using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace TacHost.Services.Networking.Tls;

/// <summary>The certificate authorities for the clients of a server. They are read again when their files have changed.</summary>
internal sealed class ClientAuthorities
{
    private readonly ReloadedValue<X509ChainPolicy> _value;

    /// <exception cref="CannotListenException">The authorities cannot be read.</exception>
    public ClientAuthorities(string path, string servicePath, ILogger logger)
    {
        try
        {
            _value = new(() => TrustedRoots.Files(path), () => TrustedRoots.Read(path), () => NetworkingLog.AuthoritiesReloaded(logger, path), e => NetworkingLog.AuthoritiesNotReloaded(logger, e, path));
        }
        catch (Exception e) when (TlsFiles.IsUnreadable(e))
        {
            throw new CannotListenException(null, $"The service '{servicePath}' cannot listen, because the authorities for client certificates in '{path}' cannot be read: {e.Message}\n  Name a PEM file with their certificates, or a directory of such files that are named '….pem'.", e);
        }
    }

    public X509ChainPolicy Policy => _value.Current.Clone();
}
