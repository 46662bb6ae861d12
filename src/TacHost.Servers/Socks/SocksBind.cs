using System.Net;
using System.Net.Sockets;
using TacHost.Servers.Relaying;
using TacHost.Services.Networking;

namespace TacHost.Servers.Socks;

/// <summary>The port at which one client of BIND waits for one connection, from the host that it named.</summary>
internal sealed class SocksBind : IAsyncDisposable
{
    private readonly StreamServer _server;
    private readonly FirstPeer _factory;

    private SocksBind(StreamServer server, FirstPeer factory) => (_server, _factory) = (server, factory);

    public IPEndPoint EndPoint => (IPEndPoint)_server.EndPoints[0];

    /// <summary>Opens the port, at the address of this machine from which that host is reached.</summary>
    /// <param name="local">The address at which the client has reached this machine.</param>
    /// <param name="expected">The addresses of the host that may connect; empty for any.</param>
    /// <param name="isAllowed">What the rules say of an address.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    public static async Task<SocksBind> OpenAsync(IPAddress local, IReadOnlyList<IPAddress> expected, Func<IPAddress, bool> isAllowed, CancellationToken cancellationToken)
    {
        FirstPeer factory = new(expected, isAllowed);
        var address = expected.Count > 0 ? LocalFor(expected[0]) ?? local : local;
        StreamServer server = new(ServerEndpoint.Tcp(0, address.ToString()), factory);
        try
        {
            await server.StartAsync(cancellationToken);
        }
        catch (CannotListenException e)
        {
            throw new SocksRefusedException(SocksAnswer.Failed, e.Message);
        }

        return new SocksBind(server, factory);
    }

    /// <summary>Waits for the connection.</summary>
    /// <exception cref="SocksRefusedException">None has come in time.</exception>
    public async Task<FarProtocol> AcceptAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            var far = await _factory.Far.WaitAsync(timeout, cancellationToken);
            await far.Made;
            return far;
        }
        catch (TimeoutException)
        {
            throw new SocksRefusedException(SocksAnswer.TimedOut, "nobody has connected in time");
        }
    }

    /// <summary>Closes the port. A connection that was accepted goes on.</summary>
    public ValueTask DisposeAsync()
    {
        // The port is closed in the first step; the rest waits for the connection.
        _ = _server.StopAsync(CancellationToken.None);
        return ValueTask.CompletedTask;
    }

    /// <summary>The address that packets to a host would come from. Sends none.</summary>
    private static IPAddress? LocalFor(IPAddress host)
    {
        try
        {
            using Socket socket = new(host.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(new IPEndPoint(host, 9));
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private sealed class FirstPeer(IReadOnlyList<IPAddress> expected, Func<IPAddress, bool> isAllowed) : ServerFactory
    {
        private readonly TaskCompletionSource<FarProtocol> _far = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<FarProtocol> Far => _far.Task;

        protected internal override Protocol? BuildProtocol(EndPoint peer)
        {
            var address = ((IPEndPoint)peer).Address;
            FarProtocol far = new();
            return (expected.Count > 0 ? expected.Contains(address) : isAllowed(address)) && _far.TrySetResult(far) ? far : null;
        }
    }
}
