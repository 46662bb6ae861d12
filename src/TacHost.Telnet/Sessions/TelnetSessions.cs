using TacHost.Services;

namespace TacHost.Telnet.Sessions;

/// <summary>The connections of one server: those that log in, and those that have. Both end when the server stops.</summary>
/// <remarks>As a service it comes behind the listener and so stops before it: prompts end at once, and lines that run are waited for.</remarks>
internal sealed class TelnetSessions(int most, int mostAtTheLogin) : Service
{
    private readonly Lock _gate = new();
    private readonly LinkedList<TelnetSession> _atTheLogin = new();
    private CancellationTokenSource _stopping = new();
    private int _count;

    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Adds a connection before its login. If there are too many, the oldest is closed of the client that has the most, so that one client cannot send others away.</summary>
    public void BeginLogin(TelnetSession connection)
    {
        TelnetSession? evicted = null;
        lock (_gate)
        {
            _atTheLogin.AddLast(connection);
            if (_atTheLogin.Count > mostAtTheLogin)
            {
                evicted = _atTheLogin.GroupBy(each => each.Client).MaxBy(group => group.Count())!.First();
                _atTheLogin.Remove(evicted);
            }
        }

        evicted?.Evict();
    }

    /// <summary>Removes a connection that has logged in or left.</summary>
    public void EndLogin(TelnetSession connection)
    {
        lock (_gate)
            _atTheLogin.Remove(connection);
    }

    /// <summary>Counts a session in.</summary>
    /// <returns>False if the limit is reached.</returns>
    public bool TryAcquire()
    {
        lock (_gate)
            return _count < most && ++_count > 0;
    }

    public void Release()
    {
        lock (_gate)
            _count--;
    }

    /// <inheritdoc/>
    protected override Task OnPrivilegedStartAsync(CancellationToken cancellationToken)
    {
        if (_stopping.IsCancellationRequested)
            _stopping = new CancellationTokenSource();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task OnStopAsync(CancellationToken cancellationToken) => _stopping.CancelAsync();
}
