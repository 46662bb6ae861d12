using System.Net.Sockets;
using TacHost.Services;
using TacHost.Services.Networking;

namespace ServiceLibrary.Tests;

public sealed class EchoFactoryTests
{
    [Fact]
    public async Task Client_SendsALine_GetsItBack()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var application = new Application("test");
        var server = new TcpServer(0, new EchoFactory("hello"), "127.0.0.1"); // 0: a free port
        server.SetServiceParent(application);
        await application.StartAsync(cancellationToken);

        using TcpClient client = new();
        await client.ConnectAsync(server.LocalAddresses[0], cancellationToken);
        using StreamReader reader = new(client.GetStream());
        using StreamWriter writer = new(client.GetStream()) { AutoFlush = true, NewLine = "\n" };
        Assert.Equal("hello", await reader.ReadLineAsync(cancellationToken));
        await writer.WriteLineAsync("one");
        Assert.Equal("you said: one", await reader.ReadLineAsync(cancellationToken));
        await writer.WriteLineAsync("quit");
        Assert.Null(await reader.ReadLineAsync(cancellationToken));

        await application.StopAsync(cancellationToken);
    }
}
