using TacHost.Services;

namespace TacHost.TestSupport.Services;

/// <summary>The bound sockets of an application.</summary>
public static class SocketPool
{
    /// <summary>Returns the address that each socket was bound to, the service that it belongs to, and whether that uses it.</summary>
    public static IReadOnlyList<(string Address, string ServicePath, bool IsOwned)> Of(Application application) =>
        [.. application.ListeningSockets.All.Select(socket => (WithoutMode(socket.Name!), socket.ServicePath, socket.IsOwned))];

    private static string WithoutMode(string name) => name.Split(':') is ["unix", _, var path] ? $"unix:{path}" : name;
}
