using System.Text;
using TacHost.Services.Networking;

namespace TacHost.TestSupport.Networking;

/// <summary>Notes what happens on a connection.</summary>
public sealed class RecordingProtocol(RecordingFactory factory) : Protocol
{
    private readonly Lock _gate = new();
    private readonly MemoryStream _received = new();
    private readonly TaskCompletionSource<Exception?> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _readLost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public new ITransport Transport => base.Transport;

    /// <summary>The reason for the end of the connection, once that has come.</summary>
    public Task<Exception?> Lost => _lost.Task;

    /// <summary>Ends when the peer has finished.</summary>
    public Task ReadLost => _readLost.Task;

    public byte[] Received
    {
        get
        {
            lock (_gate)
                return _received.ToArray();
        }
    }

    /// <summary>Waits until a text has been received as a whole.</summary>
    public async Task ReceivedAsync(string text)
    {
        while (true)
        {
            Task arrived;
            lock (_gate)
            {
                if (Encoding.UTF8.GetString(_received.ToArray()).Contains(text, StringComparison.Ordinal))
                    return;
                arrived = _arrived.Task;
            }

            await arrived.Soon();
        }
    }

    protected override void ConnectionMade()
    {
        factory.WhenMade(this);
        factory.Made(this);
    }

    protected override void DataReceived(ReadOnlySpan<byte> data)
    {
        lock (_gate)
        {
            _received.Write(data);
            _arrived.SetResult();
            _arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        factory.WhenReceived(this, data.ToArray());
    }

    protected override bool ReadConnectionLost()
    {
        _readLost.TrySetResult();
        return factory.GoesOnAfterEnd;
    }

    protected override void ConnectionLost(Exception? reason) => _lost.TrySetResult(reason);
}
