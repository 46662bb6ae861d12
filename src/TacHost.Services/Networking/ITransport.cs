using System.Net;

namespace TacHost.Services.Networking;

/// <summary>One connection, as its protocol sees it.</summary>
/// <remarks>Every member may be used from any thread. Ported from <c>twisted.internet.interfaces.ITransport</c>.</remarks>
public interface ITransport
{
    /// <summary>The address on this side.</summary>
    EndPoint Local { get; }

    /// <summary>The address on the other side. Its text is what log lines call the peer.</summary>
    EndPoint Peer { get; }

    /// <summary>Sends bytes, after all that were written before. Never blocks.</summary>
    /// <remarks>
    /// What the kernel takes at once is sent at once; the rest waits for its turn and is kept by reference, not copied, so
    /// the memory must not change until the connection is lost. Does nothing once the connection is being closed.
    /// </remarks>
    void Write(ReadOnlyMemory<byte> data);

    /// <summary>Closes the connection once all that was written is sent. What the peer still sends is read and dropped, so that it gets every byte.</summary>
    void LoseConnection();

    /// <summary>Closes the connection at once and drops what is not sent; the peer sees a reset.</summary>
    void AbortConnection();
}
