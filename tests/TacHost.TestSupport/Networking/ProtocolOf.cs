using TacHost.Services.Networking;

namespace TacHost.TestSupport.Networking;

/// <summary>A protocol whose callbacks a test supplies.</summary>
public sealed class ProtocolOf : Protocol
{
    private readonly TaskCompletionSource<Exception?> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ITransport> _made = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _callbacks;

    public Action<ITransport>? WhenMade { get; init; }

    public Action<ITransport, byte[]>? WhenReceived { get; init; }

    /// <summary>Called when the server stops. Null to stay.</summary>
    public Action<ProtocolOf>? WhenStopping { get; init; }

    public new CancellationToken StoppingToken => base.StoppingToken;

    public Action<ITransport, Exception?>? WhenLost { get; init; }

    /// <summary>Ends with the transport when the connection was made.</summary>
    public Task<ITransport> Made => _made.Task;

    /// <summary>Ends with the reason when the connection was lost.</summary>
    public Task<Exception?> Lost => _lost.Task;

    /// <summary>How often each callback came, in order: "made", "received", "lost".</summary>
    public Journal Journal { get; } = new();

    /// <summary>How often a callback came while another was under way.</summary>
    public int Overlaps { get; private set; }

    protected override void ConnectionMade()
    {
        using var call = new Call(this, "made");
        _made.SetResult(Transport);
        WhenMade?.Invoke(Transport);
    }

    protected override void DataReceived(ReadOnlySpan<byte> data)
    {
        using var call = new Call(this, "received");
        WhenReceived?.Invoke(Transport, data.ToArray());
    }

    public void StopAsOthersDo() => base.Stopping();

    protected override void Stopping()
    {
        using var call = new Call(this, "stopping");
        WhenStopping?.Invoke(this);
    }

    protected override void ConnectionLost(Exception? reason)
    {
        try
        {
            using var call = new Call(this, "lost");
            WhenLost?.Invoke(Transport, reason);
        }
        finally
        {
            _lost.TrySetResult(reason);
        }
    }

    private readonly struct Call : IDisposable
    {
        private readonly ProtocolOf _protocol;

        public Call(ProtocolOf protocol, string name)
        {
            _protocol = protocol;
            if (Interlocked.Increment(ref protocol._callbacks) > 1)
                protocol.Overlaps++;
            protocol.Journal.Add(name);
        }

        public void Dispose() => Interlocked.Decrement(ref _protocol._callbacks);
    }
}
