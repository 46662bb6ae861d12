namespace TacHost.Services.Networking.Connections;

/// <summary>A connection of a listener or client.</summary>
internal interface IConnection
{
    /// <summary>Gets or sets the previous connection in the <see cref="Listening.ConnectionList"/>. Only the list sets it.</summary>
    IConnection? Previous { get; set; }

    /// <summary>Gets or sets the next connection in the list.</summary>
    IConnection? Next { get; set; }

    /// <summary>Aborts the connection.</summary>
    void AbortConnection();

    /// <summary>Closes the connection if nothing was sent or received since a time, as of <see cref="Environment.TickCount64"/>.</summary>
    void CloseIfIdleSince(long time);

    /// <summary>Notifies the protocol that the server stops. Returns at once.</summary>
    void BeginStop();

    /// <summary>Makes the protocol check whether the peer still sends the rest of a message. Called once a second during a stop. Returns at once.</summary>
    void CheckSilence();

    /// <summary>Returns the peer and the idle time, for the log.</summary>
    string Describe();

    /// <summary>Shortens the lingering close, in which all data is sent and only the peer has not closed its side.</summary>
    void ShortenLinger();
}
