namespace TacHost.Services.Networking.Connections;

/// <summary>An accepted connection, as its listener sees it.</summary>
internal interface IConnection
{
    /// <summary>Ends it at once.</summary>
    void AbortConnection();

    /// <summary>Ends it if nothing was sent or received after a time (of <see cref="Environment.TickCount64"/>).</summary>
    void EndIfIdleSince(long time);

    /// <summary>Gives a peer that has been sent everything, and has only not closed its side, little time to do so.</summary>
    void HurryLinger();
}
