using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace TacHost.Services.Networking;

/// <summary>One connection, as its protocol sees it.</summary>
/// <remarks>Every member may be used from any thread. Ported from <c>twisted.internet.interfaces.ITransport</c>.</remarks>
public interface ITransport
{
    /// <summary>The high-water mark of <see cref="RegisterProducer"/> by default: 64 KiB, as in the original.</summary>
    const int DefaultHighWaterMark = 64 * 1024;

    /// <summary>The address on this side.</summary>
    EndPoint Local { get; }

    /// <summary>The address on the other side. Its text is what log lines call the peer.</summary>
    EndPoint Peer { get; }

    /// <summary>Gets the certificate of the peer, which was verified in the TLS handshake, or null. A server's peers have one if <see cref="TlsOptions.ClientAuthorities"/> vouch for it.</summary>
    X509Certificate2? PeerCertificate => null;

    /// <summary>Gets the name that <see cref="PeerCertificate"/> gives the peer: its common name; or null.</summary>
    string? PeerName => PeerCertificate?.GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    /// <summary>Whether what comes is handed to the protocol: not while reading is paused, nor once the connection is closed or being closed.</summary>
    bool IsReading => true;

    /// <summary>Gets whether nothing is going on that the connection is needed for: reading is not paused, and there is no producer. Bytes that wait to be sent do not count, because <see cref="LoseConnection"/> sends them.</summary>
    bool IsIdle => IsReading;

    /// <summary>Gets a token that is cancelled when the server of the connection stops. Never cancelled for the connection of a client.</summary>
    CancellationToken StoppingToken => CancellationToken.None;

    /// <summary>Sends bytes, after all that were written before. Never blocks.</summary>
    /// <remarks>
    /// What the kernel takes at once is sent at once; the rest waits for its turn and is kept by reference, not copied, so
    /// the memory must not change until the connection is lost. Does nothing once the connection is being closed.
    /// </remarks>
    void Write(ReadOnlyMemory<byte> data);

    /// <summary>Closes the connection once all that was written is sent. What the peer still sends is read and dropped, so that it gets every byte.</summary>
    void LoseConnection();

    /// <summary>Tells the peer, once all that was written is sent, that nothing more comes, and goes on receiving.</summary>
    /// <remarks>The connection ends when the peer has finished too. Ported from <c>twisted.internet.interfaces.IHalfCloseableDescriptor</c>.</remarks>
    void LoseWriteConnection();

    /// <summary>Receives nothing for the time being, so that the peer is held up as soon as the buffers are full. A callback that runs is not cut short.</summary>
    /// <remarks>A connection that ends meanwhile is noticed once reading is resumed.</remarks>
    void PauseReading();

    /// <summary>Receives again.</summary>
    void ResumeReading();

    /// <summary>Holds a producer up while more than so many bytes wait to be sent, until all of them are.</summary>
    /// <param name="producer">Is told to pause and to resume, and to stop when the connection is lost; at once if it already is.</param>
    /// <param name="highWaterMark">In bytes. What the kernel has taken does not count. Defaults to <see cref="DefaultHighWaterMark"/>.</param>
    /// <exception cref="InvalidOperationException">There is a producer already.</exception>
    void RegisterProducer(IProducer producer, int highWaterMark = DefaultHighWaterMark);

    /// <summary>Forgets the producer, which is told nothing any more. Does nothing if there is none.</summary>
    void UnregisterProducer();

    /// <summary>Closes the connection at once and drops what is not sent; the peer sees a reset.</summary>
    void AbortConnection();
}
