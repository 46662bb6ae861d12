using System.Globalization;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>Connections on which nothing happens; <c>bench/run --only idle</c> measures what they cost.</summary>
public sealed class IdleConnectionsTests
{
    private const string Silent = """
        using System.Net;
        using TacHost.Services.Networking;
        class Silent : Protocol
        {
            protected override void DataReceived(ReadOnlySpan<byte> data) => Transport.Write(data.ToArray());
        }
        class SilentFactory : ServerFactory
        {
            protected override Protocol BuildProtocol(EndPoint peer) => new Silent();
        }
        var application = new Application("silent");
        new TcpServer(0, new SilentFactory(), "127.0.0.1").SetServiceParent(application);
        """;

    [Fact]
    public async Task Connections_AThousandIdle_HaveNoThreadEachAndAreServed()
    {
        const int Few = 20;
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.Write("silent.csx", Silent));
        using OpenSockets clients = new();
        await clients.ConnectAsync(sandbox.Port(), Few);
        await AllAnswerAsync(clients);
        var threads = Threads();
        await clients.ConnectAsync(sandbox.Port(), 1_000);
        await AllAnswerAsync(clients);
        Assert.InRange(Threads(), 1, threads + Few);

        int Threads() => int.Parse(Proc.Status(id, "Threads"), CultureInfo.InvariantCulture);
    }

    private static Task AllAnswerAsync(OpenSockets clients) => Parallel.ForEachAsync(clients.All, TestContext.Current.CancellationToken, async (client, token) =>
    {
        var answer = new byte[1];
        await client.SendAsync(new byte[] { 7 }, token);
        Assert.Equal(1, await client.ReceiveAsync(answer, token).AsTask().WaitAsync(Bounded.Patience, token));
        Assert.Equal(7, answer[0]);
    });
}
