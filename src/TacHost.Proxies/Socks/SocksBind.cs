using System.Net;
using System.Net.Sockets;
using TacHost.Proxies.Relaying;
using TacHost.Services.Networking;

namespace TacHost.Proxies.Socks;

/// <summary>A port on which a client of BIND waits for a single connection from the host that the client has named.</summary>
internal sealed class SocksBind : IAsyncDisposable
{
    private readonly StreamServer _server;
    private readonly FirstPeer _factory;

    private SocksBind(StreamServer server, FirstPeer factory) => (_server, _factory) = (server, factory);

    public IPEndPoint EndPoint => (IPEndPoint)_server.LocalAddresses[0];

    /// <summary>Binds a port, on the local address from which the expected host is reached.</summary>
    /// <param name="local">The local address of the client's connection.</param>
    /// <param name="expected">The addresses of the host that may connect, or empty for any host.</param>
    /// <param name="isAllowed">Returns whether the rules permit an address.</param>
    /// <param name="cancellationToken">Cancelled when the client disconnects.</param>
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
            throw new SocksRefusedException(SocksReply.Failed, e.Message);
        }

        return new SocksBind(server, factory);
    }

    /// <summary>Waits for the connection.</summary>
    /// <exception cref="SocksRefusedException">The timeout has elapsed without a connection.</exception>
    public async Task<OutgoingProtocol> AcceptAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            var far = await _factory.Far.WaitAsync(timeout, cancellationToken);
            await far.Made;
            return far;
        }
        catch (TimeoutException)
        {
            throw new SocksRefusedException(SocksReply.TimedOut, "no client has connected in time");
        }
    }

    /// <summary>Closes the port. An accepted connection stays open.</summary>
    public ValueTask DisposeAsync()
    {
        // StopAsync closes the port synchronously. The returned task waits for the connection, so it is not awaited.
        _ = _server.StopAsync(CancellationToken.None);
        return ValueTask.CompletedTask;
    }

    /// <summary>Returns the source address for packets to a host. Sends no packets.</summary>
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
        private readonly TaskCompletionSource<OutgoingProtocol> _far = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<OutgoingProtocol> Far => _far.Task;

        protected override Protocol? BuildProtocol(EndPoint peer)
        {
            var address = ((IPEndPoint)peer).Address;
            OutgoingProtocol far = new();
            return (expected.Count > 0 ? expected.Contains(address) : isAllowed(address)) && _far.TrySetResult(far) ? far : null;
        }
    }
}
