namespace TacHost.Services.Networking.Listening;

/// <summary>A bound socket that can wait for the service that is to have it next.</summary>
internal interface IKeptSocket
{
    /// <summary>Gets what was asked for when the socket was bound, such as <c>tcp:127.0.0.1:10000</c>; or null for a socket that is not kept.</summary>
    string? Name { get; }

    /// <summary>Gets the path of the service that the socket was bound for.</summary>
    string ServicePath { get; }

    /// <summary>Closes the socket.</summary>
    void Close();
}
