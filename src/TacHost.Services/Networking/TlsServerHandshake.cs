using System.Net.Security;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using TacHost.Services.Networking.Tls;

namespace TacHost.Services.Networking;

/// <summary>The server's side of TLS on a stream of any kind: for protocols that begin it in the middle of a connection (STARTTLS), and for connections that no listener accepted.</summary>
/// <remarks>May be used by several connections at once. Ported from <c>twisted.internet.interfaces.ITLSTransport.startTLS</c>.</remarks>
public sealed class TlsServerHandshake
{
    private readonly TlsCertificates _certificates;
    private readonly TimeSpan _timeout;

    /// <summary>Reads the certificates, to be read again when their files change. Call it in the privileged part of a start.</summary>
    /// <param name="options">The certificates.</param>
    /// <param name="servicePath">The path of the service, for errors.</param>
    /// <param name="logger">The logger for changes of the certificates.</param>
    /// <param name="application">The application whose base directory relative paths of certificates start at. Defaults to null: they start at the working directory.</param>
    /// <exception cref="CannotListenException">A certificate cannot be read.</exception>
    public TlsServerHandshake(TlsOptions options, string servicePath, ILogger logger, Application? application = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _certificates = new TlsCertificates(options, servicePath, logger, application);
        _timeout = options.HandshakeTimeout;
    }

    /// <summary>Shakes hands within the time limit of the options: TLS 1.2 or 1.3.</summary>
    /// <remarks>The tickets with which a client may resume its session come with the first thing that is written, so that a client that only sends, and closes, resets nothing.</remarks>
    /// <param name="stream">The connection; it is closed with the stream that is returned, and at once if the handshake fails.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The handshake failed or took too long.</exception>
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
