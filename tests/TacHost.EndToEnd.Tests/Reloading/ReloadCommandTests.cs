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
}
