namespace TacHost.Services.Networking.Connecting;

/// <summary>How many names are looked up at a time, and how long a look-up may take.</summary>
internal sealed record LookupLimits
{
    /// <summary>Gets the number of look-ups at a time.</summary>
    public int Threads { get; init; } = 16;

    /// <summary>Gets how many of them may be for clients.</summary>
    public int ThreadsForClients { get; init; } = 12;

    /// <summary>Gets how many of them may be for one client.</summary>
    public int ThreadsPerClient { get; init; } = 4;

    /// <summary>Gets how many look-ups may wait for a thread.</summary>
    public int Waiting { get; init; } = 1024;

    /// <summary>Gets how many look-ups of one client may wait for a thread.</summary>
    public int WaitingPerClient { get; init; } = 64;

    /// <summary>Gets how long a look-up may take, the wait for a thread included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Gets after what time a thread without work ends.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromSeconds(10);
}
