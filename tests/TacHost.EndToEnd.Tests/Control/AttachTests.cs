using System.Globalization;
using System.Text.Json;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Control;

/// <summary><c>tachost attach</c>: a prompt in a daemon, with lines from a pipe.</summary>
public sealed class AttachTests
{
    [Fact]
    public async Task Lines_FromAPipe_ShowValuesAndAreLoggedWithWhoTypedThem()
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(sandbox.UseSharedTac());

        var outcome = await AttachAsync(sandbox, """
            var names = application.Services.Select(service => service.Type);
            string.Join(" ", names)
            int Twice(int number) => 2 * number;
            for (var i = 0; i < 2; i++)
            {
                print(Twice(i));
            }
            application["TcpServer"].State
            """);

        Assert.Equal((0, "\"PoetryService TcpServer\"\n0\n2\nRunning\n", ""), (outcome.ExitCode, outcome.Output, outcome.Error));
        await sandbox.LoggedAsync("has detached.");
        var user = Environment.IsPrivilegedProcess ? @"User root \(user ID 0, process \d+\)" : @"User \S+ \(user ID \d+, process \d+\)";
        Assert.Matches($@"\[-\] {user} has attached, to look at the application\.", sandbox.Log);
        Assert.Matches($@"\[-\] {user} has run: string\.Join\("" "", names\)", sandbox.Log);
    }

    [Fact]
    public async Task Line_ThatDoesNotCompile_EndsWithACaretAndRunsNothingMore()
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(sandbox.UseSharedTac());

        var outcome = await AttachAsync(sandbox, "1 + 1\napplication.Nothing\n3 + 3");

        Assert.Equal((65, "2\n"), (outcome.ExitCode, outcome.Output));
        Assert.Contains("CS1061", outcome.Error, StringComparison.Ordinal);
        Assert.EndsWith("\n    application.Nothing\n                ^\n", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("has run: application.Nothing", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Line_ThatThrows_ShowsTheException()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.UseSharedTac());

        var outcome = await AttachAsync(sandbox, """throw new InvalidOperationException("broken");""");

        Assert.Equal((70, "", "System.InvalidOperationException: broken\n"), (outcome.ExitCode, outcome.Output, outcome.Error));
        Assert.True(Directory.Exists($"/proc/{id}"));
    }

    [Fact]
    public async Task Line_WithoutWrite_CannotChangeTheApplicationAndWithWriteCan()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.UseSharedTac());
        const string line = "application.RequestStop();";

        Assert.Equal(65, (await AttachAsync(sandbox, line)).ExitCode);
        Assert.DoesNotContain("stopped", sandbox.Log, StringComparison.OrdinalIgnoreCase);
        var outcome = await AttachAsync(sandbox, line, "--write");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("has attached, and can change the application.", sandbox.Log, StringComparison.Ordinal);
        await Until.TrueAsync(() => !Directory.Exists($"/proc/{id}"), "the end of the daemon");
    }

    [Fact]
    public async Task Json_IsOneObjectForEachLine()
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(sandbox.UseSharedTac());

        var outcome = await AttachAsync(sandbox, "print(1); \"a\\\"b\"\nnothing", "--json");

        Assert.Equal(65, outcome.ExitCode);
        var lines = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(("1\n", "\"a\\\"b\""), (lines[0].GetProperty("output").GetString(), lines[0].GetProperty("value").GetString()));
        Assert.Equal("nothing", lines[1].GetProperty("line").GetString());
        Assert.Contains("CS0103", lines[1].GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_ThatIsKilled_CancelsItsLine()
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(sandbox.UseSharedTac());
        var (begun, ended) = (sandbox.PathOf("begun"), sandbox.PathOf("ended"));
        sandbox.Write("line", $$"""try { File.WriteAllText("{{begun}}", ""); await Task.Delay(-1, cancelled); } finally { File.WriteAllText("{{ended}}", ""); }""");
        using var client = sandbox.StartProgram("sh", "-c", $"exec '{Program.Tachost}' attach {sandbox.PidFile} < line");
        await Until.TrueAsync(() => File.Exists(begun), "the begin of the line");

        await sandbox.KillAsync(client.Id, "KILL");

        await Until.TrueAsync(() => File.Exists(ended), "the end of the line");
        await sandbox.LoggedAsync("has detached.");
        Assert.Equal("2\n", (await AttachAsync(sandbox, "1 + 1")).Output);
    }

    [Fact]
    public async Task Daemon_WithoutAFreeThreadOfThePool_RunsLines()
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(sandbox.WriteTacThatBlocksThePool());

        var outcome = await AttachAsync(sandbox, "ThreadPool.PendingWorkItemCount > 100");

        Assert.Equal((0, "true\n"), (outcome.ExitCode, outcome.Output));
    }

    [Fact]
    public async Task Daemon_InAChroot_CanBeAttachedTo()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can make a chroot");
        await using var sandbox = new Sandbox();
        var chroot = Directory.CreateDirectory(sandbox.PathOf("chroot")).FullName;
        File.WriteAllText(Path.Combine(chroot, "poem.txt"), Sandbox.Poem);
        await sandbox.StartDaemonAsync("--chroot", chroot, sandbox.WriteTac(port: 0));

        var outcome = await AttachAsync(sandbox, "Directory.GetFileSystemEntries(\"/\").Contains(\"/poem.txt\")");

        Assert.Equal((0, "true\n"), (outcome.ExitCode, outcome.Output));
    }

    [Fact]
    public async Task Sessions_EndWithTheirConnectionAndAreLimited()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.UseSharedTac());
        List<ControlSocket> attached = [];
        try
        {
            var session = "";
            for (var i = 0; i < 4; i++)
            {
                attached.Add(new ControlSocket(id));
                session = (await attached[i].CallAsync("attach")).GetProperty("params").GetProperty("session").GetString();
            }

            using ControlSocket other = new(id);
            Assert.Equal(75, CodeOf(await other.CallAsync("attach")));
            var line = $$"""{"session":"{{session}}","text":"1"}""";
            Assert.Equal(-32602, CodeOf(await other.CallAsync("evaluate", line)));

            attached[3].Dispose();

            await sandbox.LoggedAsync("has detached.");
            Assert.Equal(69, CodeOf(await other.CallAsync("evaluate", line)));
            Assert.True((await other.CallAsync("attach")).TryGetProperty("params", out _));
        }
        finally
        {
            attached.ForEach(each => each.Dispose());
        }
    }

    [Fact]
    public async Task Stop_WithAnAttachedClient_IsNotHeldUp()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.UseSharedTac());
        using ControlSocket attached = new(id);
        Assert.True((await attached.CallAsync("attach")).TryGetProperty("params", out _));

        Assert.Equal(0, (await sandbox.TachostAsync("stop", sandbox.PidFile)).ExitCode);

        Assert.Contains("\"result\":null", await attached.LineAsync(), StringComparison.Ordinal);
        Assert.Null(await attached.LineAsync());
    }

    [Fact]
    public async Task NothingRuns_SaysSo()
    {
        await using var sandbox = new Sandbox();

        var outcome = await AttachAsync(sandbox, "1", "nothing");

        Assert.Equal((69, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("'nothing' is not running", outcome.Error, StringComparison.Ordinal);
    }

    private static int CodeOf(JsonElement response) => response.GetProperty("error").GetProperty("code").GetInt32();

    private static Task<Outcome> AttachAsync(Sandbox sandbox, string lines, params string[] words)
    {
        sandbox.Write("lines", lines.ReplaceLineEndings("\n"));
        var who = File.Exists(sandbox.PidFile) && !words.Contains("nothing") ? sandbox.DaemonId.ToString(CultureInfo.InvariantCulture) : "";
        return sandbox.RunAsync("sh", "-c", $"exec '{Program.Tachost}' attach {who} {string.Join(' ', words)} < lines");
    }
}
