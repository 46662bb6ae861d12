using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking.Connecting;

namespace TacHost.Services.Tests.Networking.Connecting;

public sealed class AddressRaceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ConnectAsync_FirstAddressHangs_TakesTheSecond()
    {
        using FullListener full = new(new IPEndPoint(IPAddress.Loopback, 0));
        using Socket listener = Listen(IPAddress.Loopback);
        using var socket = await AddressRace.ConnectAsync([(IPEndPoint)full.EndPoint, (IPEndPoint)listener.LocalEndPoint!], null, Token).Soon();
        Assert.Equal(listener.LocalEndPoint, socket.RemoteEndPoint);
    }

    [Fact]
    public async Task ConnectAsync_FirstAddressRefuses_TakesTheSecond()
    {
        using Socket bound = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using Socket listener = Listen(IPAddress.Loopback);
        using var socket = await AddressRace.ConnectAsync([(IPEndPoint)bound.LocalEndPoint!, (IPEndPoint)listener.LocalEndPoint!], null, Token).Soon();
        Assert.Equal(listener.LocalEndPoint, socket.RemoteEndPoint);
    }

    [Fact]
    public async Task ConnectAsync_AllRefuse_NamesEach()
    {
        using Socket first = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        first.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using Socket second = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        second.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var failure = await Assert.ThrowsAsync<AggregateException>(() => AddressRace.ConnectAsync([(IPEndPoint)first.LocalEndPoint!, (IPEndPoint)second.LocalEndPoint!], null, Token).Soon());
        Assert.Equal([first.LocalEndPoint, second.LocalEndPoint], failure.InnerExceptions.Cast<AttemptException>().Select(each => each.Address));
    }

    [Fact]
    public void ByTurns_TwoFamilies_Alternates()
    {
        IPEndPoint[] addresses = [At("::1"), At("::2"), At("::3"), At("127.0.0.1"), At("127.0.0.2")];
        Assert.Equal([At("::1"), At("127.0.0.1"), At("::2"), At("127.0.0.2"), At("::3")], AddressRace.ByTurns(addresses));
    }

    private static IPEndPoint At(string address) => new(IPAddress.Parse(address), 1);

    private static Socket Listen(IPAddress address)
    {
        Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        socket.Listen();
        return socket;
    }
}
