using System.Globalization;
using System.Text.Json;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Control;

/// <summary>The commands <c>ps</c> and <c>status</c>, and how they find an application.</summary>
public sealed class StatusTests
{
    [Fact]
    public async Task Ps_OfADaemonAndAForegroundProcess_ListsBoth()
    {
        await using var sandbox = new Sandbox();
        var name = UniqueTac(sandbox);
        var id = await sandbox.StartDaemonAsync("named.csx");
        using var foreground = sandbox.Start("-n", "--no-pidfile", "named.csx");
        await Until.SaidAsync(foreground, "is running");

        var table = (await sandbox.TachostAsync("ps")).Output.Split('\n');
        var rows = JsonElement.Parse((await sandbox.TachostAsync("ps", "--json")).Output).EnumerateArray().Where(row => row.GetProperty("name").GetString() == name).ToList();

        Assert.StartsWith("NAME ", table[0], StringComparison.Ordinal);
        Assert.Equal(2, table.Count(line => line.StartsWith(name, StringComparison.Ordinal) && line.Contains(" running ", StringComparison.Ordinal) && line.EndsWith($" {sandbox.PathOf("named.csx")}", StringComparison.Ordinal)));
        Assert.Equal([(id, true), (foreground.Id, false)], rows.Select(row => (row.GetProperty("pid").GetInt32(), row.GetProperty("daemon").GetBoolean())).OrderByDescending(row => row.Item2));
        Assert.All(rows, row => Assert.Equal((2, "running"), (row.GetProperty("services").GetInt32(), row.GetProperty("state").GetString())));
        Assert.Contains($"{name}\tprocess {id}, {sandbox.PathOf("named.csx")}\n", (await sandbox.TachostAsync("ps", "--names")).Output, StringComparison.Ordinal);
    }

    /// <summary>Any user can listen under such a name, and root asks all of them.</summary>
    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":null}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"applications":null}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"applications":[null]}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{"applications":[{"source":null,"state":null,"failed":null}]}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":null}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":{"code":"x","message":7}}""")]
    public async Task Ps_WithAProcessThatAnswersNonsense_ListsTheOthers(string answer)
    {
        Assert.SkipUnless(Program.IsInstalled("python3"), "python3 is not installed");
        await using var sandbox = new Sandbox();
        var name = UniqueTac(sandbox);
        await sandbox.StartDaemonAsync("named.csx");
        const string impostor = """
            import os, socket, sys
            server = socket.socket(socket.AF_UNIX)
            server.bind(f'\0tachost/{os.getpid()}')
            server.listen()
            print('is running', flush=True)
            while True:
                client, _ = server.accept()
                client.recv(4096)
                client.sendall(sys.argv[1].encode() + b'\n')
                client.close()
            """;
        using var process = sandbox.StartProgram("python3", "-c", impostor, answer);
        await Until.SaidAsync(process, "is running");
        var outcome = await sandbox.TachostAsync("ps");
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains($"\n{name} ", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_ByNameProcessPidFileAndTac_IsOfTheSameApplication()
    {
        await using var sandbox = new Sandbox();
        var name = UniqueTac(sandbox);
        var id = await sandbox.StartDaemonAsync("named.csx");
        File.CreateSymbolicLink(sandbox.PathOf("link.csx"), "named.csx");

        foreach (var who in new[] { name, id.ToString(CultureInfo.InvariantCulture), "tachost.pid", sandbox.PidFile, "named.csx", sandbox.PathOf("named.csx"), "link.csx" })
        {
            var outcome = await sandbox.TachostAsync("status", who);
            Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
            Assert.StartsWith($"{name}: running since ", outcome.Output, StringComparison.Ordinal);
            Assert.Contains($"  process      {id}, a daemon, user ", outcome.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Status_OfNobody_NamesTheNearestAndExits69()
    {
        await using var sandbox = new Sandbox();
        var name = UniqueTac(sandbox);
        await sandbox.StartDaemonAsync("named.csx");

        var outcome = await sandbox.TachostAsync("status", name[..^1]);

        Assert.Equal((69, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains($"'{name[..^1]}' is not running", outcome.Error, StringComparison.Ordinal);
        Assert.Contains($"Did you mean '{name}'?", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(64, (await sandbox.TachostAsync("status", "a", "b")).ExitCode);
    }

    [Fact]
    public async Task Status_OfTwoWithOneName_AsksWhich()
    {
        await using var sandbox = new Sandbox();
        var name = UniqueTac(sandbox);
        var id = await sandbox.StartDaemonAsync("named.csx");
        using var foreground = sandbox.Start("-n", "--no-pidfile", "named.csx");
        await Until.SaidAsync(foreground, "is running");

        var outcome = await sandbox.TachostAsync("status", name);

        Assert.Equal((64, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains($"\n  {id}  {name}  ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains($"\n  {foreground.Id}  {name}  ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_OfAPidFileThatNobodyHolds_IsOfNobody()
    {
        await using var sandbox = new Sandbox();
        UniqueTac(sandbox);
        var id = await sandbox.StartDaemonAsync("named.csx");
        sandbox.Write("stale.pid", $"{id}\n");

        Assert.Equal(69, (await sandbox.TachostAsync("status", "stale.pid")).ExitCode);
    }

    [Fact]
    public async Task Status_WhereOneServiceHasFailed_NamesItAndExits70()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("failing.csx", """
            class Fails : Service
            {
                protected override Task ExecuteAsync(CancellationToken stoppingToken) => throw new InvalidOperationException("no verse left");
            }
            class Tolerant : MultiService
            {
                protected override void OnServiceFailed(IService child, IService origin, Exception failure) { }
            }
            var application = new Application("failing");
            var group = new Tolerant();
            group.SetName("group");
            group.AddService(new Fails(), "muse");
            group.SetServiceParent(application);
            """);
        var id = await sandbox.StartDaemonAsync("failing.csx");
        await Until.TrueAsync(() => sandbox.Log.Contains("no verse left", StringComparison.Ordinal), "the failure");

        var outcome = await sandbox.TachostAsync("status", id.ToString(CultureInfo.InvariantCulture));

        Assert.Equal(70, outcome.ExitCode);
        Assert.Matches(@"failed +failing/group/muse: InvalidOperationException at failing\.csx:line 3: no verse left", outcome.Output);
    }

    /// <summary>A tac whose application has a name that no other test uses at the same time.</summary>
    private static string UniqueTac(Sandbox sandbox)
    {
        var name = $"status-{Guid.NewGuid():N}";
        sandbox.Write("named.csx", Sandbox.Tac(0, "poem.txt", "").Replace("\"fastpoetry\"", $"\"{name}\"", StringComparison.Ordinal));
        return name;
    }
}
