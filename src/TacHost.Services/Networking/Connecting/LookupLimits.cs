namespace TacHost.Services.Networking.Connecting;

/// <summary>The limits of name resolution: concurrency, queue lengths and timeouts.</summary>
internal sealed record LookupLimits
{
    /// <summary>Gets the maximum number of concurrent look-ups.</summary>
    public int Threads { get; init; } = 16;

    /// <summary>Gets the maximum number of concurrent look-ups for all clients.</summary>
    public int ThreadsForClients { get; init; } = 12;

    /// <summary>Gets the maximum number of concurrent look-ups for one client.</summary>
    public int ThreadsPerClient { get; init; } = 4;

    /// <summary>Gets the maximum number of look-ups that wait for a thread.</summary>
    public int Waiting { get; init; } = 1024;

    /// <summary>Gets the maximum number of look-ups of one client that wait for a thread.</summary>
    public int WaitingPerClient { get; init; } = 64;

    /// <summary>Gets the timeout of a look-up, including the wait for a thread.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets the idle time after which a thread ends.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromSeconds(10);
}
