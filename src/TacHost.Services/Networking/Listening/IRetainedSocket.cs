using System.Runtime.InteropServices;

namespace TacHost.Services.Networking.Listening;

/// <summary>A bound socket that can be retained for its next service.</summary>
internal interface IRetainedSocket
{
    /// <summary>Gets the requested endpoint of the socket, such as <c>tcp:127.0.0.1:10000</c>; null for a socket that is not retained.</summary>
    string? Name { get; }

    string ServicePath { get; }

    bool IsOwned { get; }

    SafeHandle Handle { get; }

    /// <summary>Gets or sets whether another process also has the socket. Closing a shared socket here removes neither its file nor its backlog.</summary>
    bool IsShared { get; set; }

    /// <summary>Returns whether a service would bind this endpoint. Port 0 stands for the port that the system had chosen for the same service.</summary>
    bool Fits(string name, string servicePath) => Name == name && (ServicePath == servicePath || !name.EndsWith(":0", StringComparison.Ordinal));

    /// <summary>Moves the socket to another service, which requested it by another name.</summary>
    void Rename(string name, string servicePath);

    void Close();
}
