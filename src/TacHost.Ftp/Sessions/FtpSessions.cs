using System.Net;
using TacHost.Services;

namespace TacHost.Ftp.Sessions;

/// <summary>The sessions of a server. Enforces their limits and notifies them of a stop.</summary>
/// <remarks>
/// This service is added after the listener, and therefore stops first. Idle sessions end immediately, others after
/// their transfer. The listener only has to wait for the latter.
/// </remarks>
internal sealed class FtpSessions(FtpServer server) : Service
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _perAddress = [];
    private CancellationTokenSource _stopping = new();
    private int _count;

    /// <summary>Gets a token that is cancelled when sessions must end.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Resets the state. Called before the listener starts.</summary>
    public void Reset()
    {
        if (_stopping.IsCancellationRequested)
            _stopping = new CancellationTokenSource();
    }

    /// <summary>Adds a session. Returns null, or the reason if a limit is reached.</summary>
    public string? TryAcquire(IPAddress address)
    {
        lock (_gate)
        {
            var here = _perAddress.GetValueOrDefault(address);
            if (_count >= server.MaxSessions)
                return "Too many sessions. Try again later.";
            if (here >= server.MaxSessionsPerAddress)
                return "Too many sessions from your address.";
            _count++;
            _perAddress[address] = here + 1;
            return null;
        }
    }

    public void Release(IPAddress address)
    {
        lock (_gate)
        {
            _count--;
            if (--_perAddress[address] == 0)
                _perAddress.Remove(address);
        }
    }

    protected override Task OnStopAsync(CancellationToken cancellationToken) => _stopping.CancelAsync();
}
