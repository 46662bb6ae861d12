using System.Text;
using System.Text.Json;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Reloading;

/// <summary><c>tachost history</c> and <c>tachost rollback</c>.</summary>
public sealed class HistoryTests
{
    [Fact]
    public async Task Rollback_AfterReloads_RestoresWhatRanAndIsADeploymentItself()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("one.txt", "one\n");
        sandbox.Write("two.txt", "two\n");
        await sandbox.StartDaemonAsync(sandbox.WriteTac(poem: "one.txt"));
        var nothing = await sandbox.TachostAsync("rollback", sandbox.PidFile);
        Assert.Equal(new Outcome(69, "", "tachost: there is nothing to roll back to: the application runs as it was started.\n"), nothing);
        Assert.Equal(["start"], await ChangesAsync(sandbox));

        sandbox.WriteTac(poem: "two.txt");
        await DoesAsync(sandbox, "2 replaced.", "reload");
        Assert.Equal("two\n", await FetchAsync(sandbox));
        sandbox.WriteTac(poem: "two.txt", extra: "// a comment");
        await DoesAsync(sandbox, "nothing has changed.", "reload");
        sandbox.Write("poem.csx", "var x = ;");
        Assert.Equal(65, (await sandbox.TachostAsync("reload", sandbox.PidFile)).ExitCode);
        Assert.Equal("one\n", await RolledBackAsync(sandbox, "1"));

        // The one before the rollback: that with two, whose number is 2.
        var planned = await sandbox.TachostAsync("rollback", "--dry-run", sandbox.PidFile);
        Assert.Equal((2, ""), (planned.ExitCode, planned.Error));
        Assert.Contains("~ PoetryService: ", planned.Output, StringComparison.Ordinal);
        Assert.Equal("one\n", await FetchAsync(sandbox));
        Assert.Equal("two\n", await RolledBackAsync(sandbox));
        Assert.Equal(["start", "reload: 2 replaced", "rollback to 1: 2 replaced", "rollback to 2: 2 replaced"], await ChangesAsync(sandbox));

        var unknown = await sandbox.TachostAsync("rollback", sandbox.PidFile, "77");
        Assert.Equal(69, unknown.ExitCode);
        Assert.Contains("there is no deployment 77. The last ", unknown.Error, StringComparison.Ordinal);
        var word = await sandbox.TachostAsync("rollback", sandbox.PidFile, "x");
        Assert.Equal((64, "tachost: 'x' cannot be the number of a deployment. 'tachost history' lists them.\n"), (word.ExitCode, word.Error));
    }

    [Fact]
    public async Task History_OfManyReloads_KeepsTheLastTen()
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(sandbox.WriteTac());
        for (var i = 0; i < 11; i++)
        {
            sandbox.Write("poem.csx", Sandbox.Tac(0, "poem.txt", "") + $"\nnew TimerService(TimeSpan.FromHours({i + 1}), () => {{ }}).SetServiceParent(application);\n");
            await DoesAsync(sandbox, i == 0 ? ": 1 added, 2 kept." : ": 1 replaced, 2 kept.", "reload");
        }

        var changes = await ChangesAsync(sandbox);
        Assert.Equal(10, changes.Count);
        Assert.DoesNotContain("start", changes);
        var table = await sandbox.TachostAsync("history", sandbox.PidFile);
        Assert.Matches(@"^NUMBER  SINCE +CHANGE +TAC\n3 [\s\S]*\n12 \* +[-0-9:]+  reload: 1 replaced, 2 kept +\S*poem.csx\n$", table.Output);
    }

    private static async Task<string> RolledBackAsync(Sandbox sandbox, params IEnumerable<string> number)
    {
        await DoesAsync(sandbox, "2 replaced.", ["rollback", .. number]);
        return await FetchAsync(sandbox);
    }

    private static async Task DoesAsync(Sandbox sandbox, string summary, params IReadOnlyList<string> words)
    {
        var outcome = await sandbox.TachostAsync([words[0], sandbox.PidFile, .. words.Skip(1)]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.EndsWith($"{summary}\n", outcome.Output, StringComparison.Ordinal);
    }

    private static async Task<string> FetchAsync(Sandbox sandbox) => Encoding.UTF8.GetString(await sandbox.FetchAsync());

    private static async Task<List<string>> ChangesAsync(Sandbox sandbox)
    {
        var outcome = await sandbox.TachostAsync("history", "--json", sandbox.PidFile);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        using var document = JsonDocument.Parse(outcome.Output);
        return [.. document.RootElement.GetProperty("deployments").EnumerateArray().Select(each => each.GetProperty("change").GetString()!)];
    }
}
