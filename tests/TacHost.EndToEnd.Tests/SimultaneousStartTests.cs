using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

public sealed class SimultaneousStartTests
{
    private const int AlreadyRunning = 78;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TwoStarts_FiftyTimes_ExactlyOneRunsAndTheOtherSaysWho(bool withAStalePidFile)
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac();
        await Stop(sandbox, await sandbox.StartDaemonAsync("poem.csx"));
        for (var round = 0; round < 50; round++)
        {
            if (withAStalePidFile)
                sandbox.Write("tachost.pid", "999999999\n");
            var outcomes = await Task.WhenAll(sandbox.TachostAsync("poem.csx"), sandbox.TachostAsync("--logfile", "other.log", "poem.csx"));

            Assert.Equal([0, AlreadyRunning], outcomes.Select(outcome => outcome.ExitCode).Order());
            var winner = sandbox.DaemonId;
            Assert.Equal([winner], sandbox.Processes());
            Assert.Contains($"process {winner} (tachost ", outcomes.Single(outcome => outcome.ExitCode != 0).Error, StringComparison.Ordinal);
            await Stop(sandbox, winner);
            Assert.False(File.Exists(sandbox.PidFile));
        }

        Assert.DoesNotContain(Directory.EnumerateFiles(sandbox.Directory), path => path.Contains(".pid", StringComparison.Ordinal));
    }

    private static async Task Stop(Sandbox sandbox, int id)
    {
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
    }
}
