using System.Net.Security;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;

namespace TacHost.Services.Networking.Tls;

/// <summary>The certificates of one server, selected by the host that a client requests.</summary>
internal sealed class TlsCertificates
{
    private readonly ReloadingCertificate _default;
    private readonly Dictionary<string, ReloadingCertificate> _byHost;
    private readonly ClientAuthorities? _authorities;
    private readonly RemoteCertificateValidationCallback? _validate;

    /// <summary>Initializes the object and reads the certificates.</summary>
    /// <exception cref="CannotListenException">A certificate cannot be read.</exception>
    public TlsCertificates(TlsOptions options, string servicePath, ILogger logger, Application? application)
    {
        _default = new ReloadingCertificate(options.Certificate.In(application), servicePath, logger);
        _byHost = options.HostCertificates.ToDictionary(each => each.Key, each => new ReloadingCertificate(each.Value.In(application), servicePath, logger), StringComparer.OrdinalIgnoreCase);
        if (options.ClientAuthorities is { } path)
            _authorities = new ClientAuthorities(application?.ResolvePath(path) ?? path, servicePath, logger);
        if (!options.RequiresClientCertificate)
            _validate = (_, certificate, _, errors) => errors == SslPolicyErrors.None || (certificate is null && errors == SslPolicyErrors.RemoteCertificateNotAvailable);
    }

    public ValueTask<SslServerAuthenticationOptions> ChooseAsync(SslStream stream, SslClientHelloInfo hello, object? state, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = For(hello.ServerName).Current,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            AllowRenegotiation = false,
            ClientCertificateRequired = _authorities is not null,
            CertificateChainPolicy = _authorities?.Policy,
            RemoteCertificateValidationCallback = _authorities is null ? null : _validate,

            // A resumed session would keep the previous trust decision.
            AllowTlsResume = _authorities is null,
        });

    private ReloadingCertificate For(string host)
    {
        if (_byHost.TryGetValue(host, out var exact))
            return exact;
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && _byHost.TryGetValue($"*{host[dot..]}", out var wildcard) ? wildcard : _default;
    }
}
