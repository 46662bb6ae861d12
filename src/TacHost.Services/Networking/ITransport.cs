using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace TacHost.Services.Networking;

/// <summary>The transport of a <see cref="Protocol"/>: one stream connection.</summary>
/// <remarks>All members are thread-safe. Ported from <c>twisted.internet.interfaces.ITransport</c>.</remarks>
public interface ITransport
{
    /// <summary>The default high-water mark of <see cref="RegisterProducer"/>: 64 KiB, as in Twisted.</summary>
    const int DefaultHighWaterMark = 64 * 1024;

    /// <summary>Gets the local address.</summary>
    EndPoint Local { get; }

    /// <summary>Gets the address of the peer. Log lines name the peer by the text of this address.</summary>
    EndPoint Peer { get; }

    /// <summary>Gets the certificate of the peer, which was verified in the TLS handshake, or null. A server requests it only with <see cref="TlsOptions.ClientAuthorities"/>.</summary>
    X509Certificate2? PeerCertificate => null;

    /// <summary>Gets the common name in <see cref="PeerCertificate"/>, or null.</summary>
    string? PeerName => PeerCertificate?.GetNameInfo(X509NameType.SimpleName, forIssuer: false);

    /// <summary>Gets whether received data is passed to the protocol. False while reading is paused, and from the moment the connection is being closed.</summary>
    bool IsReading { get; }

    /// <summary>Gets whether the connection is idle: reading is not paused, and there is no producer. Data in the send queue does not count, because <see cref="LoseConnection"/> sends it.</summary>
    bool IsIdle => IsReading;

    /// <summary>Gets a token that is cancelled when the server of the connection stops. Never cancelled for the connection of a client.</summary>
    CancellationToken StoppingToken => CancellationToken.None;

    /// <summary>Sends data after all data written before. Never blocks.</summary>
    /// <remarks>
    /// Data that the kernel accepts is sent at once. The rest is queued by reference, not copied.
    /// Therefore, the memory must not change until the connection is lost. Has no effect once the connection is being closed.
    /// </remarks>
    void Write(ReadOnlyMemory<byte> data);

    /// <summary>
    /// Closes the connection after all written data is sent. Data that the peer still sends is read and discarded, so that the peer receives every byte.
    /// </summary>
    void LoseConnection();

    /// <summary>Half-closes the connection after all written data is sent, and continues to receive.</summary>
    /// <remarks>The connection ends when the peer has closed its side too. Ported from <c>twisted.internet.interfaces.IHalfCloseableDescriptor</c>.</remarks>
    void LoseWriteConnection();

    /// <summary>Pauses reading, so that the peer is blocked as soon as the buffers are full. Does not interrupt a running callback.</summary>
    /// <remarks>The end of a connection is detected only after reading is resumed.</remarks>
    void PauseReading();

    /// <summary>Resumes reading.</summary>
    void ResumeReading();

    /// <summary>Registers a producer, which is paused when the send queue exceeds the high-water mark and resumed when the queue is empty.</summary>
    /// <param name="producer">The producer. It is stopped when the connection is lost, or at once if the connection is already lost.</param>
    /// <param name="highWaterMark">The high-water mark in bytes, without the data in the
    /// kernel's buffer. Defaults to <see cref="DefaultHighWaterMark"/>.</param>
    /// <exception cref="InvalidOperationException">A producer is already registered.</exception>
    void RegisterProducer(IProducer producer, int highWaterMark = DefaultHighWaterMark);

    /// <summary>Unregisters the producer, which receives no further calls. Has no effect if no producer is registered.</summary>
    void UnregisterProducer();

    /// <summary>Closes the connection at once and discards unsent data. The peer receives a reset.</summary>
    void AbortConnection();
}
