using System.Runtime.InteropServices;

namespace TacHost.Services.Networking.Listening;

/// <summary>A bound socket that can wait for the service that is to have it next.</summary>
internal interface IKeptSocket
{
    /// <summary>Gets what was asked for when the socket was bound, such as <c>tcp:127.0.0.1:10000</c>; or null for a socket that is not kept.</summary>
    string? Name { get; }

    /// <summary>Gets the path of the service that the socket was bound for.</summary>
    string ServicePath { get; }

    /// <summary>Gets whether a service uses the socket.</summary>
    bool IsOwned { get; }

    /// <summary>Gets the descriptor.</summary>
    SafeHandle Handle { get; }

    /// <summary>Gets or sets whether another process also has the socket. Closing a shared socket here removes neither its file nor its backlog.</summary>
    bool IsShared { get; set; }

    /// <summary>Returns whether this is what a service would bind. Port 0 stands for the port that the system had picked for the same service.</summary>
    bool Fits(string name, string servicePath) => Name == name && (ServicePath == servicePath || !name.EndsWith(":0", StringComparison.Ordinal));

    /// <summary>Makes the socket that of another service, which asked for it by another name.</summary>
    void Rename(string name, string servicePath);

    /// <summary>Closes the socket.</summary>
    void Close();
}
