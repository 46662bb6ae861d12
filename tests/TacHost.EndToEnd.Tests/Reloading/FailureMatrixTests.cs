using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Reloading;

/// <summary>Failures of a reload in the running process, and of the services that it replaces.</summary>
public sealed class FailureMatrixTests
{
    [Fact]
    public async Task Reload_TopLevelThatHangsInTheDaemonOnly_IsGivenUpAndChangesNothing()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("poem.csx", Sandbox.Tac(0, "poem.txt", "while (File.Exists(\"hang\")) Thread.Sleep(10);"));
        await sandbox.StartDaemonAsync("--start-timeout", "5", "poem.csx");

        // This code runs already, so that no other process tries it.
        sandbox.Write("hang", "");
        sandbox.Write("poem.txt", "new\n");
        var failed = await sandbox.TachostAsync("reload", sandbox.PidFile);
        Assert.Equal(75, failed.ExitCode);
        Assert.Contains("the top level of 'poem.csx' did not end within 5 s in the running process", failed.Error, StringComparison.Ordinal);
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync()));

        File.Delete(sandbox.PathOf("hang"));
        await SucceedsAsync(sandbox, ": 2 replaced.");
        Assert.Equal("new\n", Encoding.UTF8.GetString(await sandbox.FetchAsync()));
    }

    [Fact]
    public async Task Reload_OldTacThrowsNow_IsRefused()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("list.txt", "poem.txt");
        sandbox.Write("poem.csx", Sandbox.Tac(0, "NAME", "").Replace("\"NAME\"", "File.ReadAllText(\"list.txt\")", StringComparison.Ordinal));
        await sandbox.StartDaemonAsync("poem.csx");
        File.Delete(sandbox.PathOf("list.txt"));
        sandbox.WriteTac();
        var failed = await sandbox.TachostAsync("reload", sandbox.PidFile);
        Assert.Equal(70, failed.ExitCode);
        Assert.Contains("the previous version of the tac file can no longer be run. Restart the process.", failed.Error, StringComparison.Ordinal);
        Assert.Contains("list.txt", failed.Error, StringComparison.Ordinal);
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync()));
    }

    [Theory]
    [InlineData("throw new IOException(\"stuck\")", "stuck")]
    [InlineData("Task.Delay(-1)", "")]
    public async Task Reload_OldServiceDoesNotStop_TheNewOneServes(string stop, string reason)
    {
        await using var sandbox = new Sandbox();
        var tac = $"class Bad(int n) : Service {{ public int N => n; protected override Task OnStopAsync(CancellationToken c) => n == 1 ? {stop} : Task.CompletedTask; }}";
        sandbox.Write("poem.csx", Sandbox.Tac(0, "poem.txt", tac) + "\nnew Bad(1).SetServiceParent(application);\n");
        await sandbox.StartDaemonAsync("--grace", "1", "poem.csx");
        sandbox.Write("poem.csx", Sandbox.Tac(0, "poem.txt", tac) + "\nnew Bad(2).SetServiceParent(application);\n");
        await SucceedsAsync(sandbox, ": 1 replaced, 2 kept.");
        await sandbox.LoggedAsync(reason);
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync()));
        Assert.Equal(new Outcome(0, "= PoetryService\n= TcpServer\n= Bad\n", ""), await sandbox.TachostAsync("plan", sandbox.PidFile));
    }

    [Fact]
    public async Task Reload_BodyFailsAfterTheCommit_IsAFailureOfARunningService()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        sandbox.Write("poem.csx", Sandbox.Tac(0, "poem.txt", "class Bad : Service { protected override async Task ExecuteAsync(CancellationToken c) { while (!File.Exists(\"go\")) await Task.Delay(10, c); throw new IOException(\"no disk\"); } }") + "\nnew Bad().SetServiceParent(application);\n");
        await SucceedsAsync(sandbox, ": 1 added, 2 kept.");
        sandbox.Write("go", "");
        await Until.GoneAsync(id);
        Assert.Contains("no disk", sandbox.Log, StringComparison.Ordinal);
        Assert.False(File.Exists(sandbox.PidFile));
    }

    [Theory]
    [InlineData("new TimerService(TimeSpan.FromHours(1), () => { }).SetServiceParent(application);\nforeach (var each in application) each.SetName(\"same\");", 70, "same")]
    [InlineData("#r \"Missing.dll\"", 65, "Missing.dll")]
    public async Task Reload_MistakeOfTheTree_ChangesNothing(string mistake, int exitCode, string reason)
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(sandbox.WriteTac());
        var tac = Sandbox.Tac(0, "poem.txt", "");
        sandbox.Write("poem.csx", mistake[0] == '#' ? $"{mistake}\n{tac}" : $"{tac}\n{mistake}\n");
        sandbox.Write("poem.txt", "new\n");
        var failed = await sandbox.TachostAsync("reload", sandbox.PidFile);
        Assert.Equal(exitCode, failed.ExitCode);
        Assert.Contains(reason, failed.Error, StringComparison.Ordinal);
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync()));
    }

    [Fact]
    public async Task Reload_DuringAnotherOne_IsRefused()
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(sandbox.WriteTac());
        sandbox.Write("poem.csx", Sandbox.Tac(0, "poem.txt", "class Wait : Service { protected override async Task OnStartAsync(CancellationToken c) { File.WriteAllText(\"in\", \"\"); while (!File.Exists(\"go\")) await Task.Delay(10, c); } }") + "\nnew Wait().SetServiceParent(application);\n");
        var first = sandbox.TachostAsync("reload", sandbox.PidFile);
        await Until.TrueAsync(() => File.Exists(sandbox.PathOf("in")), "the first reload");
        var second = await sandbox.TachostAsync("reload", sandbox.PidFile);
        Assert.Equal(75, second.ExitCode);
        Assert.Contains("another reload is under way", second.Error, StringComparison.Ordinal);
        sandbox.Write("go", "");
        Assert.Equal(0, (await first).ExitCode);
    }

    private static async Task SucceedsAsync(Sandbox sandbox, string summary)
    {
        var outcome = await sandbox.TachostAsync("reload", sandbox.PidFile);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.EndsWith($"{summary}\n", outcome.Output, StringComparison.Ordinal);
    }
}
