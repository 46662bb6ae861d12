using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TacHost.Native;
using TacHost.Services.Networking.Connections;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Tests.Networking.Listening;

[Collection<AloneCollection>]
public sealed class AcceptorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CloseAsync_DuplicateOfTheSocket_GoesOnListening()
    {
        var socket = TcpSocket.Listen(new IPEndPoint(IPAddress.Loopback, 0), 10, "web");
        using SafeSocketHandle duplicate = new(Libc.Fcntl(socket.Descriptor, DescriptorCommand.DuplicateCloseOnExec, 0), ownsHandle: true);
        Acceptor acceptor = new(socket);
        var listener = Listener("a");
        acceptor.SetOwner(listener);
        Assert.Equal("a", await FetchAsync(socket.EndPoint));
        Assert.True(await acceptor.LeaveAsync(listener).Soon());
        acceptor.Close();
        using Socket other = new(duplicate);
        using var client = await Client.ConnectAsync(socket.EndPoint);
        using var accepted = await other.AcceptAsync(Token).AsTask().Soon();
        Assert.Equal(client.Socket.LocalEndPoint, accepted.RemoteEndPoint);
    }

    [Fact]
    public async Task SetOwner_ExchangedUnderLoad_LosesNoConnectionAndServesTheNewOwner()
    {
        Acceptor acceptor = new(TcpSocket.Listen(new IPEndPoint(IPAddress.Loopback, 0), 1000, "web"));
        var owner = Listener("0");
        acceptor.SetOwner(owner);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var clients = Enumerable.Range(0, 16).Select(_ => Task.Run(
            async () =>
            {
                var last = 0;
                while (!over.IsCancellationRequested)
                {
                    var next = int.Parse(await FetchAsync(acceptor.Socket.EndPoint), null);
                    Assert.True(next >= last, "a connection was served by an owner of before");
                    last = next;
                }
            },
            Token)).ToList();
        for (var i = 1; i <= 200; i++)
        {
            var next = Listener(i.ToString(null as IFormatProvider));
            acceptor.SetOwner(next);
            Assert.False(await acceptor.LeaveAsync(owner).Soon());
            owner = next;
            Assert.Equal(i.ToString(null as IFormatProvider), await FetchAsync(acceptor.Socket.EndPoint));
        }

        await over.CancelAsync();
        await Task.WhenAll(clients).Soon();
        await acceptor.CloseAsync(owner).Soon();
    }

    [Fact]
    public async Task SetOwner_AThousandQuietAcceptors_ShareOneThread()
    {
        var before = Threads();
        List<(Acceptor Acceptor, Owner Owner)> all = [];
        for (var i = 0; i < 1_000; i++)
        {
            var listener = Listener(i.ToString(null as IFormatProvider));
            Acceptor acceptor = new(TcpSocket.Listen(new IPEndPoint(IPAddress.Loopback, 0), 10, "web"));
            acceptor.SetOwner(listener);
            all.Add((acceptor, listener));
        }

        Assert.InRange(Threads() - before, 0, 20);
        for (var i = 0; i < all.Count; i += 100)
            Assert.Equal(i.ToString(null as IFormatProvider), await FetchAsync(all[i].Acceptor.Socket.EndPoint));
        await Task.WhenAll(all.Select(each => each.Acceptor.CloseAsync(each.Owner))).Soon();
    }

    [Fact]
    public async Task SetOwner_BlockedInAnotherAcceptor_ServesNevertheless()
    {
        using ManualResetEventSlim blocking = new();
        Acceptor first = new(TcpSocket.Listen(new IPEndPoint(IPAddress.Loopback, 0), 10, "web")), second = new(TcpSocket.Listen(new IPEndPoint(IPAddress.Loopback, 0), 10, "web"));
        Owner holdsUp = new("late", () => blocking.Wait(Token));
        var serves = Listener("served");
        first.SetOwner(holdsUp);
        second.SetOwner(serves);
        using var client = await Client.ConnectAsync(first.Socket.EndPoint);
        Assert.Equal("served", await FetchAsync(second.Socket.EndPoint));
        blocking.Set();
        await Task.WhenAll(first.CloseAsync(holdsUp), second.CloseAsync(serves)).Soon();
    }

    private static Owner Listener(string text) => new(text, () => { });

    private static async Task<string> FetchAsync(EndPoint endPoint)
    {
        using var client = await Client.ConnectAsync(endPoint);
        return Encoding.UTF8.GetString(await client.ReadToEndAsync());
    }

    private static int Threads() => Directory.EnumerateDirectories("/proc/self/task").Count();

    private sealed class Owner(string text, Action whenAccepted) : IAcceptorOwner
    {
        public ILogger Logger => NullLogger.Instance;

        public bool NeedsManagedSocket => false;

        public bool TryReserve(Action wake, out ConnectionPermit? permit)
        {
            permit = null;
            return true;
        }

        public void Accept(StreamSocket socket, ConnectionPermit? permit)
        {
            whenAccepted();
            socket.TrySend(Encoding.UTF8.GetBytes(text), out _);
            socket.Dispose();
        }
    }
}
