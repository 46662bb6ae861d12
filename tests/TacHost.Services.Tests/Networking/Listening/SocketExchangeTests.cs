using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.Services.Infrastructure;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking.Listening;

/// <summary>What a replacement does with the sockets of the services that leave.</summary>
public sealed class SocketExchangeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commit_Listener_PassesTheSocketToTheNewOne()
    {
        var running = await StartAsync(Server("old"));
        var before = running.OfType<TcpServer>().Single().LocalAddresses[0];
        var replacement = Replace(running, Server("new"));
        await replacement.StartAsync(Token).Soon();
        Assert.Equal("old", await FetchAsync(before));
        replacement.Commit();
        Assert.Equal("new", await FetchAsync(before));
        Assert.Empty(await replacement.StopLeavingAsync(Token).Soon());
        Assert.Equal("new", await FetchAsync(before));
        Assert.Equal(before, running.OfType<TcpServer>().Single().LocalAddresses[0]);
        await running.StopAsync(Token);
        await Assert.ThrowsAsync<SocketException>(() => FetchAsync(before));
    }

    [Fact]
    public async Task StartAsync_AnotherServiceFails_LeavesTheSocketWithTheOldOne()
    {
        var running = await StartAsync(Server("old"));
        var before = running.OfType<TcpServer>().Single().LocalAddresses[0];
        var replacement = Replace(running, Server("new"), new FailingService());
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => replacement.StartAsync(Token).Soon());
        Assert.Equal("old", await FetchAsync(before));

        var next = Replace(running, Server("third"));
        await next.StartAsync(Token).Soon();
        next.Commit();
        await next.StopLeavingAsync(Token).Soon();
        Assert.Equal("third", await FetchAsync(before));
        await running.StopAsync(Token);
    }

    /// <summary>A start that hangs is given up. When it goes on at last, its listener must not take the socket.</summary>
    [Fact]
    public async Task Abandon_StartThatGoesOnLater_TakesNothing()
    {
        TaskCompletionSource stuck = new();
        var running = await StartAsync(Server("old"));
        var before = running.OfType<TcpServer>().Single().LocalAddresses[0];
        var replacement = Replace(running, new WaitingService(stuck.Task), Server("new"));
        var start = replacement.StartAsync(CancellationToken.None);
        replacement.Abandon();
        stuck.SetResult();
        await start.Soon();
        Assert.Equal("old", await FetchAsync(before));
        await running.StopAsync(Token);
    }

    [Fact]
    public async Task Commit_OldServiceFailedMeanwhile_SocketIsThere()
    {
        var running = await StartAsync(Server("old"));
        var before = running.OfType<TcpServer>().Single();
        var endPoint = before.LocalAddresses[0];
        var replacement = Replace(running, Server("new"));
        await replacement.StartAsync(Token).Soon();
        await before.StopAsync(Token).Soon();
        var waiting = FetchAsync(endPoint);
        replacement.Commit();
        Assert.Equal("new", await waiting);
        await replacement.StopLeavingAsync(Token).Soon();
        await running.StopAsync(Token);
    }

    [Fact]
    public async Task Commit_DatagramServer_PassesTheSocketAndLosesNothing()
    {
        var (first, second) = (RecordingDatagrams.Echo(), RecordingDatagrams.Echo());
        var running = await StartAsync(new UdpServer(0, first, "127.0.0.1"));
        var endPoint = running.OfType<UdpServer>().Single().LocalAddresses[0];
        using UdpClient client = new();
        client.Connect(endPoint);
        await EchoAsync(client, "one");
        Assert.Equal("one", (await first.NextAsync()).Text);
        var replacement = Replace(running, new UdpServer(0, second, "127.0.0.1"));
        await replacement.StartAsync(Token).Soon();
        await EchoAsync(client, "two");
        Assert.Equal("two", (await first.NextAsync()).Text);
        replacement.Commit();
        await replacement.StopLeavingAsync(Token).Soon();
        await EchoAsync(client, "three");
        Assert.Equal("three", (await second.NextAsync()).Text);
        await EchoAsync(client, "four");
        Assert.Equal("four", (await second.NextAsync()).Text);
        Assert.Equal(["start", "stop"], first.Calls);
        Assert.Equal(["start"], second.Calls);
        await running.StopAsync(Token);
    }

    private static TcpServer Server(string text) => new(0, new FactoryOf(_ => new Greeting(text)), "127.0.0.1");

    private static async Task<Application> StartAsync(Service service)
    {
        Application running = new("a");
        service.SetServiceParent(running);
        await running.StartAsync(Token).Soon();
        return running;
    }

    /// <summary>Replaces all services.</summary>
    private static TreeReplacement Replace(Application running, params Service[] services)
    {
        Application target = new("a");
        foreach (var service in services)
            service.SetServiceParent(target);
        return new TreeReplacement(running, target, new Dictionary<IService, IService> { [target] = running }, new Dictionary<IService, IService>(), [.. running]);
    }

    private static async Task EchoAsync(UdpClient client, string text)
    {
        await client.SendAsync(Encoding.UTF8.GetBytes(text), Token);
        Assert.Equal(text, Encoding.UTF8.GetString((await client.ReceiveAsync(Token).AsTask().Soon()).Buffer));
    }

    private static async Task<string> FetchAsync(EndPoint endPoint)
    {
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endPoint, Token).AsTask().Soon();
        using NetworkStream stream = new(socket);
        using StreamReader reader = new(stream);
        return await reader.ReadToEndAsync(Token).Soon();
    }

    private sealed class Greeting(string text) : Protocol
    {
        protected override void ConnectionMade()
        {
            Transport.Write(Encoding.UTF8.GetBytes(text));
            Transport.LoseConnection();
        }
    }

    private sealed class FailingService : Service
    {
        protected override Task OnStartAsync(CancellationToken cancellationToken) => throw new InvalidTimeZoneException("no");
    }

    private sealed class WaitingService(Task task) : Service
    {
        protected override Task OnStartAsync(CancellationToken cancellationToken) => task;
    }
}
