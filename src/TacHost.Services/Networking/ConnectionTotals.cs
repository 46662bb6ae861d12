namespace TacHost.Services.Networking;

/// <summary>The connections of a service, counted since the application was started.</summary>
public sealed class ConnectionTotals
{
    internal ConnectionTotals(Connections.ConnectionCounts counts) =>
        (Open, Accepted, Refused, BytesReceived, BytesSent) = (counts.Open, counts.Accepted, counts.Refused, counts.BytesReceived, counts.BytesSent);

    /// <summary>Gets the number of connections that are open now.</summary>
    public long Open { get; }

    /// <summary>Gets the number of connections that a listener accepted or a client made.</summary>
    public long Accepted { get; }

    /// <summary>Gets the number of connections beyond a limit, and of those that ended before they were served.</summary>
    public long Refused { get; }

    /// <summary>Gets the number of bytes that protocols received.</summary>
    public long BytesReceived { get; }

    /// <summary>Gets the number of bytes of protocols that were sent.</summary>
    public long BytesSent { get; }
}
