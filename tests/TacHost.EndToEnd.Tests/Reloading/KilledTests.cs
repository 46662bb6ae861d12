using System.Diagnostics;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Reloading;

/// <summary>kill -9 of the daemon or of the caller at ten moments of a reload: either the old or the new services run, and nothing is left behind.</summary>
public sealed class KilledTests
{
    private const int Moments = 10;

    [Fact]
    public async Task Reload_WhoseCallerIsKilled_LeavesTheOldOrTheNew()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("poem.txt", PoemOf(0));
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        var port = sandbox.Port();
        var duration = await DurationAsync(sandbox, 1);
        for (var moment = 1; moment <= Moments; moment++)
        {
            Edit(sandbox, moment + 1);
            using (var caller = sandbox.Start("reload", sandbox.PidFile))
                await KillAsync(sandbox, caller.Id, duration * moment / Moments);
            Assert.Contains(await FetchAsync(sandbox, port), new[] { PoemOf(moment), PoemOf(moment + 1) });

            // The reload goes on without its caller, or was never asked for. The next one waits for it.
            var next = await sandbox.TachostAsync("reload", sandbox.PidFile);
            while (next.ExitCode == 75)
                next = await sandbox.TachostAsync("reload", sandbox.PidFile);
            Assert.Equal((0, ""), (next.ExitCode, next.Error));
            Assert.Equal(PoemOf(moment + 1), await FetchAsync(sandbox, port));
            await Until.TrueAsync(() => sandbox.Processes().SequenceEqual([id]), "the end of all processes but the daemon");
        }

        Assert.DoesNotContain("The reload failed", sandbox.Log, StringComparison.Ordinal);
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.EndsWith("Server Shut Down.\n", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reload_WhoseDaemonIsKilled_LeavesNothingBehind()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("poem.txt", PoemOf(0));
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        var duration = await DurationAsync(sandbox, 1);
        for (var moment = 1; moment <= Moments; moment++)
        {
            Edit(sandbox, moment + 1);
            using var caller = sandbox.Start("reload", sandbox.PidFile);
            await KillAsync(sandbox, id, duration * moment / Moments);
            await caller.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();
            Assert.Contains(caller.ExitCode, new[] { 0, 69, 75 });
            await Until.TrueAsync(() => !sandbox.Processes().Any(), "the end of all processes");

            File.Delete(sandbox.PathOf("tachost.log"));
            id = await sandbox.StartDaemonAsync("poem.csx");
            Assert.Equal(PoemOf(moment + 1), await FetchAsync(sandbox, sandbox.Port()));
        }
    }

    /// <summary>Makes a change of the tac and of the poem, and returns how long the reload of such a change takes.</summary>
    private static async Task<TimeSpan> DurationAsync(Sandbox sandbox, int number)
    {
        Edit(sandbox, number);
        var began = Stopwatch.GetTimestamp();
        Assert.Equal(0, (await sandbox.TachostAsync("reload", sandbox.PidFile)).ExitCode);
        return Stopwatch.GetElapsedTime(began);
    }

    private static void Edit(Sandbox sandbox, int number)
    {
        sandbox.Write("new", PoemOf(number));
        File.Move(sandbox.PathOf("new"), sandbox.PathOf("poem.txt"), overwrite: true);
        sandbox.WriteTac(extra: $"// {number}");
    }

    private static async Task KillAsync(Sandbox sandbox, int process, TimeSpan delay)
    {
        await Task.Delay(delay, TestContext.Current.CancellationToken);
        await sandbox.KillAsync(process, "KILL");
        await Until.GoneAsync(process);
    }

    private static string PoemOf(int number) => $"poem {number}, {new string('x', number)}\n";

    private static async Task<string> FetchAsync(Sandbox sandbox, int port) => Encoding.UTF8.GetString(await sandbox.FetchAsync(port));
}
