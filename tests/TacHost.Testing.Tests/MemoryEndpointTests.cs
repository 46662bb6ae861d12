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

    [Fact]
    public void Parse_WithoutAName_SaysWhatToWrite()
    {
        MemoryEndpoint.Register();
        var failure = Assert.Throws<FormatException>(() => Endpoint.Parse("memory:"));
        Assert.Equal("'memory:' is not an endpoint, because its name is missing. Write memory:NAME.", failure.Message);
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
