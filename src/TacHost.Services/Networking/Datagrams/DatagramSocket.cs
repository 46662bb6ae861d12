using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Networking.Datagrams;

/// <summary>A bound datagram socket, which outlives the transport that receives from it while its service is restarted.</summary>
internal sealed class DatagramSocket(Socket socket, string? name, string servicePath, UnixSocketFile? file = null) : IRetainedSocket
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(IPAddress Group, int Iface), int> _groups = [];
    private DatagramTransport? _owner;

    public Socket Socket => socket;

    /// <inheritdoc/>
    public string? Name { get; private set; } = name;

    /// <inheritdoc/>
    public string ServicePath { get; private set; } = servicePath;

    /// <inheritdoc/>
    public bool IsOwned => Volatile.Read(ref _owner) is not null;

    /// <inheritdoc/>
    public SafeHandle Handle => socket.SafeHandle;

    /// <inheritdoc/>
    public bool IsShared { get; set; }

    /// <summary>Uses a kept socket, one of systemd, or a new one.</summary>
    public static async Task<DatagramSocket> BindAsync(string name, EndPoint? address, Service service, Func<Task<(Socket Socket, UnixSocketFile? File)>> bindAsync)
    {
        var sockets = service.Application?.ListeningSockets;
        if (sockets?.TryTake<DatagramSocket>(name, service.ServicePath) is { } kept)
            return kept;
        var (socket, file) = ActivatedSocket.FindDatagram(address, name, service.Application) is { } activated ? (activated, null) : await bindAsync();
        DatagramSocket bound = new(socket, name, service.ServicePath, file);
        sockets?.Add(bound);
        return bound;
    }

    /// <summary>Makes a transport the owner, which alone receives.</summary>
    /// <returns>The owner before, which must stop receiving first, or null.</returns>
    public DatagramTransport? SetOwner(DatagramTransport owner) => Interlocked.Exchange(ref _owner, owner);

    /// <summary>Ends the ownership of a transport, if it has it.</summary>
    /// <returns>True if the socket has no owner now.</returns>
    public bool Leave(DatagramTransport owner)
    {
        _ = Interlocked.CompareExchange(ref _owner, null, owner);
        return !IsOwned;
    }

    /// <summary>Joins a multicast group, unless another transport of the socket has joined it.</summary>
    public void JoinGroup(IPAddress group, int interfaceIndex, Action join)
    {
        lock (_gate)
        {
            var count = _groups.GetValueOrDefault((group, interfaceIndex));
            if (count == 0)
                Join(join);
            _groups[(group, interfaceIndex)] = count + 1;
        }
    }

    /// <summary>A membership belongs to the socket, so that another process may have joined before.</summary>
    private void Join(Action join)
    {
        try
        {
            join();
        }
        catch (SocketException e) when (IsShared && e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
        }
    }

    /// <summary>Leaves a multicast group, if no other transport of the socket needs it.</summary>
    public void LeaveGroup(IPAddress group, int interfaceIndex, Action leave)
    {
        lock (_gate)
        {
            var count = _groups.GetValueOrDefault((group, interfaceIndex));
            if (count <= 1)
            {
                _groups.Remove((group, interfaceIndex));
                if (!IsShared)
                    leave();
            }
            else
            {
                _groups[(group, interfaceIndex)] = count - 1;
            }
        }
    }

    /// <inheritdoc/>
    public bool Fits(string name, string servicePath) =>
        (Name == name && (ServicePath == servicePath || !name.EndsWith(":0", StringComparison.Ordinal))) || (socket.LocalEndPoint is IPEndPoint bound && name == $"udp:{bound}");

    /// <inheritdoc/>
    public void Rename(string name, string servicePath) => (Name, ServicePath) = (name, servicePath);

    /// <inheritdoc/>
    public void Close()
    {
        if (!IsShared)
            file?.Remove();
        socket.Dispose();
    }
}
