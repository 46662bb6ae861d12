namespace TacHost.Control.Server;

/// <summary>The limits of a control socket.</summary>
internal sealed record ControlLimits
{
    /// <summary>Gets the maximum number of clients. A further client replaces the oldest idle one, or is refused if all are busy.</summary>
    public int Clients { get; init; } = 16;

    /// <summary>Gets the size of the backlog of connections that have not been accepted.</summary>
    public int Backlog { get; init; } = 64;

    /// <summary>Gets the maximum length of a request in bytes.</summary>
    public int LongestRequest { get; init; } = 64 * 1024;

    /// <summary>Gets the timeout for receiving the next complete request.</summary>
    public TimeSpan LongestSilence { get; init; } = TimeSpan.FromMinutes(10);

    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets the interval in which a running call checks whether its client is still connected.</summary>
    public TimeSpan HangUpInterval { get; init; } = TimeSpan.FromMilliseconds(100);
}
