using System.Globalization;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>A listener whose address goes away, in a network of its own.</summary>
public sealed class LostAddressTests
{
    private const string Tac = """
        #r "FastPoetry.Services.dll"
        using FastPoetry.Services;
        var application = new Application("fastpoetry");
        var poetry = new PoetryService("poem.txt");
        poetry.SetServiceParent(application);
        new TcpServer(10000, new PoetryFactory(poetry), "192.0.2.1").SetServiceParent(application);
        new TcpServer(10000, new PoetryFactory(poetry), "127.0.0.1").SetServiceParent(application);
        """;

    [Fact]
    public async Task Address_TakenAwayAndGivenBack_IsServedAgainAndOthersNoticeNothing()
    {
        Assert.SkipUnless(new[] { "unshare", "nsenter", "ip", "nc" }.All(Program.IsInstalled), "unshare, nsenter (util-linux), ip (iproute2) or nc (netcat-openbsd) is not installed");
        await using var sandbox = new Sandbox();
        Assert.SkipUnless((await sandbox.RunAsync("unshare", "--net", "true")).ExitCode == 0, "this user may not make a network of its own");
        sandbox.Write("run", $"ip link set lo up && ip address add 192.0.2.1/32 dev lo && exec '{Program.Tachost}' --nodaemon {sandbox.Write("poems.csx", Tac)}");
        using var process = sandbox.StartProgram("unshare", "--net", "sh", "run");
        await Until.SaidAsync(process, "is running as process");
        Assert.Equal(Sandbox.Poem, await FetchAsync("192.0.2.1"));

        await InsideAsync("ip", "address", "delete", "192.0.2.1/32", "dev", "lo");
        Assert.Equal("", await FetchAsync("192.0.2.1"));
        for (var i = 0; i < 20; i++)
            Assert.Equal(Sandbox.Poem, await FetchAsync("127.0.0.1"));

        await InsideAsync("ip", "address", "add", "192.0.2.1/32", "dev", "lo");
        Assert.Equal(Sandbox.Poem, await FetchAsync("192.0.2.1"));
        await sandbox.KillAsync(process.Id);
        await Until.SaidAsync(process, "Server Shut Down.");

        Task<Outcome> InsideAsync(string program, params string[] arguments) =>
            sandbox.RunAsync("nsenter", ["--net=/proc/" + process.Id.ToString(CultureInfo.InvariantCulture) + "/ns/net", program, .. arguments]);

        async Task<string> FetchAsync(string address) => (await InsideAsync("nc", "-N", "-w", "10", address, "10000")).Output;
    }
}
