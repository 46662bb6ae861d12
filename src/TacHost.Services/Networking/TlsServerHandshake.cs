using System.Net.Security;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using TacHost.Services.Networking.Tls;

namespace TacHost.Services.Networking;

/// <summary>The server side of the TLS handshake on any stream, for protocols with STARTTLS and for connections that were not accepted by a listener.</summary>
/// <remarks>May be used by several connections at once. Ported from <c>twisted.internet.interfaces.ITLSTransport.startTLS</c>.</remarks>
public sealed class TlsServerHandshake
{
    private readonly TlsCertificates _certificates;
    private readonly TimeSpan _timeout;

    /// <summary>Initializes the handshake and reads the certificates, which are read again when their files change. Call it in the privileged part of a start.</summary>
    /// <param name="options">The certificates.</param>
    /// <param name="servicePath">The path of the service, for error messages.</param>
    /// <param name="logger">The logger of certificate changes.</param>
    /// <param name="application">The application whose base directory relative paths of certificates start at. Defaults to null: they start at the working directory.</param>
    /// <exception cref="CannotListenException">A certificate cannot be read.</exception>
    public TlsServerHandshake(TlsOptions options, string servicePath, ILogger logger, Application? application = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _certificates = new TlsCertificates(options, servicePath, logger, application);
        _timeout = options.HandshakeTimeout;
    }

    /// <summary>Performs the handshake with TLS 1.2 or 1.3, within the timeout of the options.</summary>
    /// <remarks>Session tickets are sent with the first data, because unread tickets would cause a reset when a client only sends and then closes.</remarks>
    /// <param name="stream">The connection. Disposed with the returned stream, and at once if the handshake fails.</param>
    /// <param name="cancellationToken">Cancels the handshake.</param>
    /// <exception cref="IOException">The handshake failed or timed out.</exception>
    public async Task<SslStream> AuthenticateAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_timeout);
        try
        {
            return await DeferredSessionTicketStream.AuthenticateAsServerAsync(stream, _certificates, limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"The TLS handshake took longer than {_timeout.TotalSeconds:0.###} s.", e);
        }
        catch (Exception e) when (e is AuthenticationException or InvalidOperationException)
        {
            throw new IOException(e.Message, e);
        }
    }
}
