using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using TacHost.Services.Networking.Connections;

namespace TacHost.Services.Networking.Listening;

/// <summary>A pause of an accepting thread while file descriptors are exhausted or accept fails. Logs each shortage once.</summary>
/// <remarks>
/// A process at its limit that closes a descriptor accepts again and reaches its limit again. All this is one shortage.
/// It is logged when it begins, and when it has been over for a while.
/// </remarks>
internal sealed class AcceptPause(EndPoint endPoint) : IDisposable
{
    private const int MillisecondsBetweenLooks = 100;
    private static readonly TimeSpan _calm = TimeSpan.FromSeconds(1);

    private readonly DescriptorReserve _reserve = new();
    private readonly Lock _gate = new();
    private bool _reached;
    private bool _paused;
    private bool _said;
    private ILogger? _logger;
    private Timer? _logsEnd;

    /// <summary>Takes note of a connection, which may be the last for a while.</summary>
    public void Accepted(StreamSocket socket) => _reached = _reserve.IsReachedBy(socket);

    /// <summary>Waits until there is room for another connection, if the one before has taken the last.</summary>
    public void WaitForRoom(AcceptThread thread, ILogger logger)
    {
        if (!_reached || _reserve.HasRoom())
            return;
        Begin(logger, () => NetworkingLog.AcceptPaused(logger, endPoint.ToString()!, $"all but {_reserve.Size} of its {_reserve.Limit} file descriptors are in use"));
        WaitWhileShort(thread);
        End();
    }

    /// <summary>Waits after an accept that failed until the next one may work.</summary>
    public void WaitAfter(SocketException failure, AcceptThread thread, ILogger logger)
    {
        Begin(logger, () =>
        {
            if (IsOutOfResources(failure.SocketErrorCode))
                NetworkingLog.AcceptPaused(logger, endPoint.ToString()!, failure.Message);
            else
                NetworkingLog.AcceptFailed(logger, endPoint.ToString()!, failure.Message);
        });
        if (!thread.Sleep(MillisecondsBetweenLooks) && failure.SocketErrorCode == SocketError.TooManyOpenSockets)
            WaitWhileShort(thread);
        End();
    }

    public void Dispose() => _logsEnd?.Dispose();

    private static bool IsOutOfResources(SocketError error) =>
        error is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable || error == (SocketError)(-1);

    private void WaitWhileShort(AcceptThread thread)
    {
        while (!_reserve.HasRoom() && !thread.Sleep(MillisecondsBetweenLooks))
        {
            // Looking costs three system calls.
        }
    }

    private void Begin(ILogger logger, Action say)
    {
        lock (_gate)
        {
            _paused = true;
            _logger = logger;
            if (_said)
                return;
            _said = true;
        }

        NetworkingLog.Attempt(say);
    }

    private void End()
    {
        _reached = false;
        lock (_gate)
            _paused = false;
        _logsEnd ??= new Timer(_ => LogEnd());
        _logsEnd.Change(_calm, Timeout.InfiniteTimeSpan);
    }

    private void LogEnd()
    {
        lock (_gate)
        {
            if (_paused || !_said)
                return;
            _said = false;
        }

        NetworkingLog.Attempt(() => NetworkingLog.AcceptResumed(_logger!, endPoint.ToString()!));
    }
}
