using TacHost.Dns;
using TacHost.Services;

namespace TacHost.Servers.Tests.Dns;

public sealed class DnsTreeTests
{
    [Fact]
    public void Constructor_PortGiven_MakesTheListenersChildren() =>
        Assert.Equal(["UdpServer", "TcpServer"], new DnsServer(53).Select(child => child.GetType().Name));

    [Fact]
    public async Task Start_ManyTimes_KeepsPathsAndPort()
    {
        Application application = new("names");
        DnsServer server = new(0, "127.0.0.1");
        server.SetServiceParent(application);
        List<string> seen = [];
        for (var i = 0; i < 3; i++)
        {
            await application.StartAsync(TestContext.Current.CancellationToken);
            seen.Add(string.Join(' ', server.Select(child => child.ServicePath).Append(server.LocalAddresses[0].ToString())));
            await application.StopAsync(TestContext.Current.CancellationToken);
            Assert.Empty(server.LocalAddresses);
        }

        Assert.Equal(2, server.Count());
        Assert.Single(seen.Distinct());
    }
}
