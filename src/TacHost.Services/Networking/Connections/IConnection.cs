namespace TacHost.Services.Networking.Connections;

/// <summary>A connection, as its owner sees it.</summary>
internal interface IConnection
{
    /// <summary>The one before it among the connections of a <see cref="Listening.ConnectionList"/>, whose property this is.</summary>
    IConnection? Previous { get; set; }

    /// <summary>The one after it.</summary>
    IConnection? Next { get; set; }

    /// <summary>Ends it at once.</summary>
    void AbortConnection();

    /// <summary>Ends it if nothing was sent or received after a time (of <see cref="Environment.TickCount64"/>).</summary>
    void CloseIfIdleSince(long time);

    /// <summary>Tells the protocol that the server stops. Returns at once.</summary>
    void BeginStop();

    /// <summary>Lets the protocol check whether the peer sends the rest of a message. Called each second of a stop. Returns at once.</summary>
    void CheckSilence();

    /// <summary>Returns the peer and how long nothing was sent or received.</summary>
    string Describe();

    /// <summary>Gives a peer that has been sent everything, and has only not closed its side, little time to do so.</summary>
    void ShortenLinger();
}
