using System.Net;

namespace TacHost.Servers.Relaying;

/// <summary>The connection that a relay has opened itself. Says nothing and reads nothing until it is coupled.</summary>
internal sealed class FarProtocol : RelayedProtocol
{
    private readonly TaskCompletionSource _made = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the connection is there.</summary>
    public Task Made => _made.Task;

    /// <summary>This side's own address of it.</summary>
    public EndPoint Local => Transport.Local;

    /// <summary>Who is at the other end.</summary>
    public EndPoint Peer => Transport.Peer;

    /// <summary>Sends something of the relay's own, ahead of what is passed on.</summary>
    public void Write(ReadOnlyMemory<byte> data) => Transport.Write(data);

    /// <summary>Ends it, because it will not be coupled.</summary>
    public void Abort() => Transport.AbortConnection();

    /// <inheritdoc/>
    protected override void ConnectionMade()
    {
        Transport.PauseReading();
        _made.TrySetResult();
    }
}
