namespace TacHost.Control.Server;

/// <summary>What a control socket puts up with.</summary>
internal sealed record ControlLimits
{
    /// <summary>Gets the number of clients at a time. One more takes the place of the one that has been idle for longest, or is refused while all are busy.</summary>
    public int Clients { get; init; } = 16;

    /// <summary>Gets the number of connections that the kernel keeps until they are accepted.</summary>
    public int Backlog { get; init; } = 64;

    /// <summary>Gets the number of bytes of a request.</summary>
    public int LongestRequest { get; init; } = 64 * 1024;

    /// <summary>Gets how long a client may be silent between two requests, or take to send one.</summary>
    public TimeSpan LongestSilence { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Gets how long a client may take to read a message.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets how often a call that takes long looks whether its client is still there.</summary>
    public TimeSpan HangUpInterval { get; init; } = TimeSpan.FromMilliseconds(100);
}
