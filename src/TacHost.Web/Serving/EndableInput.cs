using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Http.Features;

namespace TacHost.Web.Serving;

/// <summary>The input of a connection, which can be ended as if the client had half-closed the connection. Pending output is still sent.</summary>
/// <remarks>Knows the running requests, so that a stop ends only connections without one, and can name the others.</remarks>
internal sealed class EndableInput(PipeReader input, EndPoint peer) : PipeReader
{
    private const long MillisecondsInASecond = 1_000;

    private readonly List<IFeatureCollection> _requests = [];
    private long _lastActivity = Environment.TickCount64;
    private volatile bool _hasEnded;

    /// <summary>Adds a request whose header has been received.</summary>
    public void BeginRequest(IFeatureCollection request)
    {
        lock (_requests)
            _requests.Add(request);
        Volatile.Write(ref _lastActivity, Environment.TickCount64);
    }

    /// <summary>Removes a request that has been answered.</summary>
    public void EndRequest(IFeatureCollection request)
    {
        lock (_requests)
            _requests.Remove(request);
        Volatile.Write(ref _lastActivity, Environment.TickCount64);
    }

    /// <summary>Returns the peer, and its running requests or how long it has been idle.</summary>
    public string Describe()
    {
        var seconds = Math.Max(0, Environment.TickCount64 - Volatile.Read(ref _lastActivity)) / MillisecondsInASecond;
        lock (_requests)
        {
            return _requests.Count == 0
                ? $"{peer}, idle for {seconds} s"
                : $"{peer}, {string.Join(", ", _requests.Select(request => request.Get<IHttpRequestFeature>()).Select(request => $"{request?.Method} {request?.Path}"))} for {seconds} s";
        }
    }

    /// <summary>Ends the input unless a request is running.</summary>
    public void EndUnlessAnswering()
    {
        lock (_requests)
        {
            if (_requests.Count > 0)
                return;
        }

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
