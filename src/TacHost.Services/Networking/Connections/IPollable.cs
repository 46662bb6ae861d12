namespace TacHost.Services.Networking.Connections;

/// <summary>A socket that waits with a <see cref="SocketPoller"/>.</summary>
internal interface IPollable
{
    /// <summary>The socket is readable, or was a moment ago. Called on the thread of the poller; must not block.</summary>
    void OnReadable();
}
