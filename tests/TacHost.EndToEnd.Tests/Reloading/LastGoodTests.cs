using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Reloading;

/// <summary><c>tachost --last-good</c>: a start whose tac is broken runs the one that ran last.</summary>
public sealed class LastGoodTests
{
    [Fact]
    public async Task Start_OfABrokenTac_RunsTheOneThatRanLastAndSaysSo()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("two.txt", "two\n");
        sandbox.Write("poem.csx", "var x = ;");
        var never = await sandbox.TachostAsync("--last-good", "poem.csx");
        Assert.Equal(65, never.ExitCode);
        Assert.Contains("--last-good has nothing to run instead, because 'poem.csx' has not run here before.", never.Error, StringComparison.Ordinal);

        var id = await sandbox.StartDaemonAsync("--last-good", sandbox.WriteTac());
        sandbox.WriteTac(poem: "two.txt");
        Assert.Equal(0, (await sandbox.TachostAsync("reload", sandbox.PidFile)).ExitCode);
        await KeptAsync(sandbox, "two.txt");
        await StopAsync(sandbox, id);

        // One that does not compile, and one whose service does not start.
        foreach (var (broken, reason) in new[] { ("var x = ;", "error CS1525"), (Sandbox.Tac(0, "missing.txt", ""), "missing.txt") })
        {
            sandbox.Write("poem.csx", broken);
            File.Delete(sandbox.PathOf("tachost.log"));
            Assert.NotEqual(0, (await sandbox.TachostAsync("poem.csx")).ExitCode);
            var started = await sandbox.TachostAsync("--last-good", "poem.csx");
            Assert.Equal(0, started.ExitCode);
            Assert.StartsWith("tachost: 'poem.csx' CANNOT RUN AS IT IS. --last-good runs the version that ran last. The reason: ", started.Error, StringComparison.Ordinal);
            Assert.Contains(reason, started.Error, StringComparison.Ordinal);
            Assert.Contains("'poem.csx' CANNOT RUN AS IT IS.", sandbox.Log, StringComparison.Ordinal);
            Assert.Equal("two\n", Encoding.UTF8.GetString(await sandbox.FetchAsync(Proc.PortOf(sandbox.DaemonId))));
            await StopAsync(sandbox, sandbox.DaemonId);
        }
    }

    /// <summary>Waits until the deployment is kept, which happens beside the reload.</summary>
    private static Task KeptAsync(Sandbox sandbox, string text) => Until.TrueAsync(
        () => Directory.GetFiles(sandbox.Cache, "*.good") is [var file] && Encoding.Unicode.GetString(File.ReadAllBytes(file)).Contains(text, StringComparison.Ordinal) | Encoding.Unicode.GetString(File.ReadAllBytes(file)[1..]).Contains(text, StringComparison.Ordinal),
        "the deployment in the cache");

    private static async Task StopAsync(Sandbox sandbox, int id)
    {
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
    }
}
