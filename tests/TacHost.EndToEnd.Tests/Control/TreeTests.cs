using System.Globalization;
using System.Text.Json;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Control;

/// <summary><c>tachost tree</c> of what runs, and of what does not.</summary>
public sealed class TreeTests
{
    [Fact]
    public async Task Tree_OfARunningDaemon_ShowsStatesAddressesAndConnections()
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(sandbox.WriteTac());
        await sandbox.FetchAsync();
        await sandbox.FetchAsync();

        var lines = (await sandbox.TachostAsync("tree", "poem.csx")).Output.Split('\n');

        Assert.Matches(@"^SERVICE +TYPE +STATE +SINCE +CONNECTIONS$", lines[0]);
        Assert.Matches(@"^fastpoetry +Application +running +\d\d:\d\d:\d\d$", lines[1]);
        Assert.Matches(@"^├─ PoetryService +PoetryService +running +\d\d:\d\d:\d\d$", lines[2]);
        Assert.Matches($@"^└─ TcpServer +TcpServer +running +\d\d:\d\d:\d\d +0 of 2 +listens on 127\.0\.0\.1:{sandbox.Port()}$", lines[3]);
    }

    [Fact]
    public async Task Tree_AsJson_HasTheFormOfATacFilesTreeAndMore()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac());

        var running = JsonElement.Parse((await sandbox.TachostAsync("tree", Text(id), "--json")).Output);
        var evaluated = JsonElement.Parse((await sandbox.TachostAsync("tree", "poem.csx", "--json", "--evaluate")).Output);

        Assert.Equal(["fastpoetry", "fastpoetry/PoetryService", "fastpoetry/TcpServer"], Paths(running));
        Assert.Equal(Paths(running), Paths(evaluated));
        var server = running.GetProperty("services")[1];
        Assert.Equal(("running", "TcpServer", $"127.0.0.1:{sandbox.Port()}"), (server.GetProperty("state").GetString(), server.GetProperty("type").GetString(), server.GetProperty("listens")[0].GetString()));
        Assert.Equal("tcp:0:interface=127.0.0.1", evaluated.GetProperty("services")[1].GetProperty("listens")[0].GetString());

        static IEnumerable<string?> Paths(JsonElement service) => service.GetProperty("services").EnumerateArray().SelectMany(Paths).Prepend(service.GetProperty("path").GetString());
    }

    [Fact]
    public async Task Tree_OfAFileThatHasStopped_EvaluatesIt()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);

        Assert.Contains("listens on tcp:0:interface=127.0.0.1", (await sandbox.TachostAsync("tree", "poem.csx")).Output, StringComparison.Ordinal);
        var none = await sandbox.TachostAsync("tree", "other.csx");
        Assert.Equal(69, none.ExitCode);
        Assert.Contains("'other.csx' is not running", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tree_OfASupervisedServiceThatFails_ShowsRestartsAndTheReason()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("failing.csx", """
            class Fails : Service
            {
                protected override Task ExecuteAsync(CancellationToken stoppingToken) => throw new InvalidOperationException("no verse left");
            }
            var top = new Supervisor(maxRestarts: int.MaxValue) { Backoff = new Backoff { InitialDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromHours(1), Factor = 60, Jitter = () => TimeSpan.Zero } };
            top.SetName("top");
            top.AddService(new Fails(), "muse");
            var application = new Application("failing");
            top.SetServiceParent(application);
            """);
        var id = await sandbox.StartDaemonAsync("failing.csx");

        string line = "";
        await Until.TrueAsync(() => (line = MuseNow()).Contains("restarted 2 times, next try", StringComparison.Ordinal), "the third failure");

        Assert.Matches(@"muse +Fails +stopped +restarted 2 times, next try .*, last failure: InvalidOperationException at failing\.csx:line 3: no verse left", line);
        var status = await sandbox.TachostAsync("status", Text(id));
        Assert.Equal(70, status.ExitCode);
        Assert.Matches(@"failed +failing/top/muse: .*no verse left; next try ", status.Output);

        string MuseNow() => sandbox.TachostAsync("tree", Text(id)).GetAwaiter().GetResult().Output.Split('\n').FirstOrDefault(each => each.Contains("muse", StringComparison.Ordinal)) ?? "";
    }

    [Fact]
    public async Task Watch_ShowsWhatHasChanged()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        using var watching = sandbox.Start("tree", "--watch", Text(id));
        await Until.SaidAsync(watching, "0 of 0");

        await sandbox.FetchAsync();

        await Until.SaidAsync(watching, "0 of 1");
        await sandbox.KillAsync(id);
        await watching.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(69, watching.ExitCode);
    }

    private static string Text(int id) => id.ToString(CultureInfo.InvariantCulture);
}
