using System.Net;

namespace TacHost.Proxies.Relaying;

/// <summary>The outgoing connection of a relay. Sends and reads nothing until it is relayed.</summary>
internal sealed class OutgoingProtocol : RelayedProtocol
{
    private readonly TaskCompletionSource _made = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets a task that completes when the connection is established.</summary>
    public Task Made => _made.Task;

    public EndPoint Local => Transport.Local;

    public EndPoint Peer => Transport.Peer;

    /// <summary>Sends data of the relay itself, before the relayed data.</summary>
    public void Write(ReadOnlyMemory<byte> data) => Transport.Write(data);

    /// <summary>Aborts the connection, because it will not be relayed.</summary>
    public void Abort() => Transport.AbortConnection();

    /// <inheritdoc/>
    protected override void ConnectionMade()
    {
        Transport.PauseReading();
        _made.TrySetResult();
    }
}
