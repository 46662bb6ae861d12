using System.Threading.Channels;
using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Testing.Tests;

public sealed class MemoryEndpointTests
{
    [Fact]
    public async Task Client_ToTheServerOfAName_TalksAndStopsWithIt()
    {
        MemoryEndpoint.Register();
        MemoryEndpoint.Register();
        Application application = new("memory");
        application.AddService(new StreamServer("memory:echo", ServerFactory.ForProtocol(() => new Echo())));
        await application.StartAsync(TestContext.Current.CancellationToken).Soon();
        try
        {
            var client = await Endpoint.ParseClient("memory:echo").ConnectProtocolAsync(new Asking(), cancellationToken: TestContext.Current.CancellationToken).Soon();
            Assert.Equal("hello", await client.Answer.Task.Soon());
        }
        finally
        {
            await application.StopAsync(TestContext.Current.CancellationToken).Soon();
        }

        await Assert.ThrowsAnyAsync<Exception>(() => MemoryEndpoint.Client("echo").ConnectProtocolAsync(new Asking(), cancellationToken: TestContext.Current.CancellationToken).Soon());
    }

    [Fact]
    public async Task Server_OfANameInUse_CannotListen()
    {
        Application application = new("memory");
        application.AddService(new StreamServer(MemoryEndpoint.Server("taken"), ServerFactory.ForProtocol(() => new Echo())));
        application.AddService(new StreamServer(MemoryEndpoint.Server("taken"), ServerFactory.ForProtocol(() => new Echo())));
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => application.StartAsync(TestContext.Current.CancellationToken).Soon());
        Assert.Contains("cannot listen on 'memory:taken'", failure.ToString(), StringComparison.Ordinal);
    }

    /// <summary>The kernel lists the names of all UNIX sockets, those of files too.</summary>
    [Fact]
    public async Task Server_FromStartToStop_HasANameOfThisProcessAloneAndLeavesNothing()
    {
        MemoryEndpoint.Register();
        var name = $"@tachost-testing/{Environment.ProcessId}/listed";
        for (var start = 0; start < 2; start++)
        {
            Application application = new("memory");
            application.AddService(new StreamServer("memory:listed", ServerFactory.ForProtocol(() => new Echo())));
            await application.StartAsync(TestContext.Current.CancellationToken).Soon();
            Assert.Single(await NamesAsync(), name);
            await application.StopAsync(TestContext.Current.CancellationToken).Soon();
            Assert.DoesNotContain(name, await NamesAsync());
        }
    }

    [Fact]
    public async Task ClientService_WhoseServerComesBack_ConnectsAgain()
    {
        MemoryEndpoint.Register();
        await using Application clients = new("clients");
        var answers = Channel.CreateUnbounded<string>();
        clients.AddService(new ClientService("memory:back", ClientFactory.ForProtocol(() => new Calling(answers.Writer))) { RetryPolicy = _ => TimeSpan.FromMilliseconds(1) });
        await clients.StartAsync(TestContext.Current.CancellationToken).Soon();
        for (var start = 0; start < 2; start++)
        {
            Application servers = new("servers");
            servers.AddService(new StreamServer("memory:back", ServerFactory.ForProtocol(() => new Echo())));
            await servers.StartAsync(TestContext.Current.CancellationToken).Soon();
            Assert.Equal("hello", await answers.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().Soon());
            await servers.StopAsync(TestContext.Current.CancellationToken).Soon();
        }

        await clients.StopAsync(TestContext.Current.CancellationToken).Soon();
    }

    [Fact]
    public void Parse_WithoutAName_SaysWhatToWrite()
    {
        MemoryEndpoint.Register();
        var failure = Assert.Throws<FormatException>(() => Endpoint.Parse("memory:"));
        Assert.Equal("'memory:' is not an endpoint, because its name is missing. Write memory:NAME.", failure.Message);
    }

    private static async Task<IEnumerable<string>> NamesAsync() =>
        (await File.ReadAllLinesAsync("/proc/net/unix", TestContext.Current.CancellationToken)).Select(line => line.Split(' ')[^1]);

    private sealed class Calling(ChannelWriter<string> answers) : LineProtocol
    {
        protected override void ConnectionMade() => SendLine("hello");

        protected override void LineReceived(string line) => answers.TryWrite(line);
    }

    private sealed class Echo : LineProtocol
    {
        protected override void LineReceived(string line) => SendLine(line);
    }

    private sealed class Asking : LineProtocol
    {
        public TaskCompletionSource<string> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override void ConnectionMade() => SendLine("hello");

        protected override void LineReceived(string line) => Answer.TrySetResult(line);
    }
}
