using System.Buffers;
using System.IO.Pipelines;

namespace TacHost.Services.Networking;

/// <summary>A protocol that is written as one task over a pipe instead of callbacks.</summary>
/// <remarks>
/// Receiving is paused while the task does not read, and flushes wait while the peer does not read.
/// Thus neither side can fill the memory of this process.
/// </remarks>
public abstract class PipeProtocol : Protocol
{
    private readonly Pipe _input = new(new PipeOptions(useSynchronizationContext: false));
    private readonly Pipe _output = new(new PipeOptions(useSynchronizationContext: false));
    private readonly CancellationTokenSource _lost = new();
    private readonly WriteGate _gate = new();
    private bool _hasInputEnded;

    /// <summary>Runs the connection on the thread pool. When the task ends, the connection is closed after all written data is sent.</summary>
    /// <remarks>An exception is logged and aborts the connection, unless that is lost already.</remarks>
    /// <param name="pipe">
    /// The data of the peer, and the data for it. The input completes when the peer has finished, and with the reason when the connection is lost.
    /// Flush written data; the end of the task does so automatically.
    /// </param>
    /// <param name="cancellationToken">Cancelled when the connection is lost.</param>
    protected abstract Task RunAsync(IDuplexPipe pipe, CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected sealed override void ConnectionMade()
    {
        Transport.RegisterProducer(_gate);
        _ = Task.Run(LiveAsync);
    }

    /// <inheritdoc/>
    protected sealed override void DataReceived(ReadOnlySpan<byte> data)
    {
        if (_hasInputEnded)
            return;
        _input.Writer.Write(data);
        var flushed = _input.Writer.FlushAsync();
        if (flushed.IsCompleted)
        {
            _ = flushed.GetAwaiter().GetResult();
            return;
        }

        Transport.PauseReading();
        _ = ResumeAfterAsync(flushed);
    }

    /// <inheritdoc/>
    protected sealed override bool ReadConnectionLost()
    {
        EndInput();
        return true;
    }

    /// <summary>Called once when the server stops. Defaults to ending the input after the bytes that were received, as if the peer had finished, so that the task can answer and end.</summary>
    /// <remarks>Override it to stay: an open connection is waited for until the grace period is over. <see cref="Protocol.StoppingToken"/> is cancelled either way.</remarks>
    protected override void Stopping() => EndInput();

    /// <inheritdoc/>
    protected sealed override void ConnectionLost(Exception? reason)
    {
        _input.Writer.Complete(reason);
        _output.Reader.CancelPendingRead();
        _lost.Cancel();
    }

    private void EndInput()
    {
        _hasInputEnded = true;
        _input.Writer.Complete();
    }

    private async Task ResumeAfterAsync(ValueTask<FlushResult> flushed)
    {
        await flushed;
        Transport.ResumeReading();
    }

    private async Task LiveAsync()
    {
        var sending = SendAsync();
        try
        {
            await RunAsync(new DuplexPipe(_input.Reader, _output.Writer), _lost.Token);
        }
        catch (Exception e)
        {
            // The boundary around one connection. An exception that the loss caused is not news.
            if (!_lost.IsCancellationRequested)
                AbortAfter(e);
        }

        await _output.Writer.CompleteAsync();
        await sending;
        Transport.LoseConnection();
        await _input.Reader.CompleteAsync();
    }

    private async Task SendAsync()
    {
        while (true)
        {
            var read = await _output.Reader.ReadAsync();

            // The transport keeps the data until it is sent, but the pipe reuses its memory.
            if (!read.Buffer.IsEmpty)
                Transport.Write(read.Buffer.ToArray());
            _output.Reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted || _lost.IsCancellationRequested)
                break;
            await _gate.Opened;
        }

        await _output.Reader.CompleteAsync();
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Is shut while the transport has enough to send.</summary>
    private sealed class WriteGate : IProducer
    {
        private TaskCompletionSource? _shut;

        public Task Opened => _shut?.Task ?? Task.CompletedTask;

        public void PauseProducing() => _shut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void ResumeProducing()
        {
            var shut = _shut;
            _shut = null;
            shut?.SetResult();
        }

        public void StopProducing() => ResumeProducing();
    }
}
