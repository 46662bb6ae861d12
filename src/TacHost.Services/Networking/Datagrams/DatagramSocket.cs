using System.Net.Sockets;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Networking.Datagrams;

/// <summary>A bound datagram socket, which outlives the transport that receives from it while its service is restarted.</summary>
internal sealed class DatagramSocket(Socket socket, string? name, string servicePath, UnixSocketFile? file = null) : IKeptSocket
{
    public Socket Socket => socket;

    /// <inheritdoc/>
    public string? Name => name;

    /// <inheritdoc/>
    public string ServicePath => servicePath;

    /// <summary>Takes a socket that was kept, or makes a new one.</summary>
    public static async Task<DatagramSocket> BindAsync(string name, Service service, Func<Task<(Socket Socket, UnixSocketFile? File)>> bindAsync)
    {
        if (service.Application?.ListeningSockets.TryTake<DatagramSocket>(name, service.ServicePath) is { } kept)
            return kept;
        var (socket, file) = await bindAsync();
        return new DatagramSocket(socket, name, service.ServicePath, file);
    }

    /// <inheritdoc/>
    public void Close()
    {
        file?.Remove();
        socket.Dispose();
    }
}
