using System.IO.Pipelines;

namespace TacHost.Web.Serving;

/// <summary>The input of a connection, which can be ended as if the client had half-closed the connection. Pending output is still sent.</summary>
/// <remarks>Counts the running requests, so that a stop ends only connections without one.</remarks>
internal sealed class EndableInput(PipeReader input) : PipeReader
{
    private int _requests;
    private volatile bool _hasEnded;

    /// <summary>Counts a request whose header has been received.</summary>
    public void BeginRequest() => Interlocked.Increment(ref _requests);

    /// <summary>Counts a request that has been answered.</summary>
    public void EndRequest() => Interlocked.Decrement(ref _requests);

    /// <summary>Ends the input unless a request is running.</summary>
    public void EndUnlessAnswering()
    {
        if (Volatile.Read(ref _requests) > 0)
            return;
        _hasEnded = true;
        input.CancelPendingRead();
    }

    public override void AdvanceTo(SequencePosition consumed) => input.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => input.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => input.CancelPendingRead();

    public override void Complete(Exception? exception = null) => input.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => input.CompleteAsync(exception);

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        _hasEnded ? ReadRestAsync(cancellationToken) : input.ReadAsync(cancellationToken);

    public override bool TryRead(out ReadResult result) => input.TryRead(out result);

    private async ValueTask<ReadResult> ReadRestAsync(CancellationToken cancellationToken)
    {
        // Makes the following read return immediately with the available data.
        input.CancelPendingRead();
        var rest = await input.ReadAsync(cancellationToken);
        return new ReadResult(rest.Buffer, isCanceled: false, isCompleted: true);
    }
}
