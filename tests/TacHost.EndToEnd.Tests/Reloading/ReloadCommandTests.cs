using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Reloading;

/// <summary><c>tachost plan</c> and <c>tachost reload</c>.</summary>
public sealed class ReloadCommandTests
{
    [Fact]
    public async Task PlanAndReload_PoemChanged_SayAndDoTheSame()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        Assert.Equal(new Outcome(0, "= PoetryService\n= TcpServer\n", ""), await sandbox.TachostAsync("plan", sandbox.PidFile));

        sandbox.Write("poem.txt", "a new poem\n");
        const string plan = "~ PoetryService: poem.txt has changed\n~ TcpServer: it uses 'PoetryService', which is replaced\n";
        Assert.Equal(new Outcome(2, plan, ""), await sandbox.TachostAsync("plan", sandbox.PidFile));
        Assert.Equal(new Outcome(2, plan, ""), await sandbox.TachostAsync("reload", "--dry-run", sandbox.PidFile));
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync()));

        var done = await sandbox.TachostAsync("reload", sandbox.PidFile);
        Assert.Equal((0, ""), (done.ExitCode, done.Error));
        Assert.Matches($"^{plan}Reloaded in \\d+ ms: 2 replaced\\.\n$", done.Output);
        Assert.Equal("a new poem\n", Encoding.UTF8.GetString(await sandbox.FetchAsync()));

        sandbox.Write("poem.csx", "var x = ;");
        var failed = await sandbox.TachostAsync("reload", sandbox.PidFile);
        Assert.Equal(65, failed.ExitCode);
        Assert.Contains("poem.csx(1,9): error CS1525", failed.Error, StringComparison.Ordinal);
        Assert.True(Until.IsAlive(id));
        Assert.Equal("a new poem\n", Encoding.UTF8.GetString(await sandbox.FetchAsync()));
    }

    [Fact]
    public async Task Plan_WithAnotherFile_ShowsWhatItWouldChangeAndChangesNothing()
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(sandbox.WriteTac());
        sandbox.Write("other.csx", Sandbox.Tac(0, "poem.txt", "") + "\nnew UnixServer(\"more.sock\", new PoetryFactory(poetry)).SetServiceParent(application);\n");
        const string plan = "= PoetryService\n= TcpServer\n+ UnixServer: is new\n";
        Assert.Equal(new Outcome(2, plan, ""), await sandbox.TachostAsync("plan", sandbox.PidFile, "other.csx"));
        Assert.Equal(new Outcome(0, "= PoetryService\n= TcpServer\n", ""), await sandbox.TachostAsync("plan", sandbox.PidFile, "poem.csx"));
        Assert.Equal(new Outcome(0, "= PoetryService\n= TcpServer\n", ""), await sandbox.TachostAsync("plan", sandbox.PidFile));
        Assert.False(File.Exists(sandbox.PathOf("more.sock")));

        sandbox.Write("broken.csx", "var x = ;");
        var broken = await sandbox.TachostAsync("plan", sandbox.PidFile, "broken.csx");
        Assert.Equal(65, broken.ExitCode);
        Assert.Contains("broken.csx(1,9): error CS1525", broken.Error, StringComparison.Ordinal);
        var missing = await sandbox.TachostAsync("plan", sandbox.PidFile, "missing.csx");
        Assert.Equal(66, missing.ExitCode);
        sandbox.Write("named.csx", Sandbox.Tac(0, "poem.txt", "").Replace("\"fastpoetry\"", "\"another\"", StringComparison.Ordinal));
        var named = await sandbox.TachostAsync("plan", sandbox.PidFile, "named.csx");
        Assert.Equal(77, named.ExitCode);
        Assert.Contains("the name of the application was 'fastpoetry' and is 'another'", named.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_TopLevelThatChangesTheProcess_IsRefusedWithThePlace()
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(sandbox.WriteTac());
        sandbox.WriteTac(extra: "Environment.SetEnvironmentVariable(\"TACHOST_NONE\", null);");
        const string place = "poem.csx(3,1) calls 'Environment.SetEnvironmentVariable'";
        foreach (var command in new[] { "plan", "reload" })
        {
            var outcome = await sandbox.TachostAsync(command, sandbox.PidFile);
            Assert.Equal(65, outcome.ExitCode);
            Assert.Contains($"the top level of 'poem.csx' changes the process, and a reload executes it several times: {place}.", outcome.Error, StringComparison.Ordinal);
        }

        var check = await sandbox.TachostAsync("check", "poem.csx");
        Assert.Equal(65, check.ExitCode);
        Assert.Contains("poem.csx:3: calls 'Environment.SetEnvironmentVariable'", check.Output, StringComparison.Ordinal);
    }
}
