using System.Net;
using TacHost.Services;

namespace TacHost.Servers.Ftp.Sessions;

/// <summary>The sessions of one server: how many there may be, and that they are told when it stops.</summary>
/// <remarks>As a service it comes behind the listener and so stops before it: idle sessions end at once, others after their transfer, and the listener has only these to wait for.</remarks>
internal sealed class FtpSessions(FtpServer server) : Service
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _perAddress = [];
    private CancellationTokenSource _stopping = new();
    private int _count;

    /// <summary>Cancelled when sessions are to end.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Begins anew, before the listener does.</summary>
    public void Reset()
    {
        if (_stopping.IsCancellationRequested)
            _stopping = new CancellationTokenSource();
    }

    /// <summary>Counts a session in; null if there may be no more, for the reason given.</summary>
    public string? TryEnter(IPAddress address)
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

    /// <summary>Counts it out again.</summary>
    public void Leave(IPAddress address)
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
