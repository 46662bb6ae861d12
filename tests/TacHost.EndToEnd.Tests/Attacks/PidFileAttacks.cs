using System.Globalization;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Attacks;

/// <summary>What another user can do with the pid file of root's.</summary>
[Collection("attacks")]
public sealed class PidFileAttacks(SecondUser eve)
{
    /// <summary>Locks a file as lockf(3) does, which flock(1) does not, and says so.</summary>
    private const string Lock = "import fcntl, sys, time; f = open(sys.argv[1], sys.argv[2]); fcntl.lockf(f, fcntl.LOCK_SH if sys.argv[2] == 'r' else fcntl.LOCK_EX); print('locked', flush=True); time.sleep(1000)";

    [Fact]
    public async Task ReadLock_OfAnybody_BlocksNoRestartAfterKillNine()
    {
        SecondUser.Require();
        await using Sandbox sandbox = new();
        await eve.MakeDirectoryAsync(sandbox, "eve");
        var tac = sandbox.UseSharedTac();
        var first = await sandbox.StartDaemonAsync(tac);
        using var locker = eve.Start(sandbox, SecondUser.Python, "-c", Lock, sandbox.PidFile, "r");
        Assert.Equal(78, (await sandbox.TachostAsync(tac)).ExitCode);
        await sandbox.KillAsync(first, "KILL");
        await Until.SaidAsync(locker, "locked");

        var second = await sandbox.StartDaemonAsync(tac);

        Assert.NotEqual(first, second);
        Assert.Equal(78, (await sandbox.TachostAsync(tac)).ExitCode);
        Assert.Equal([sandbox.PidFile], Directory.EnumerateFiles(sandbox.Directory, "tachost.pid*"));
    }

    [Fact]
    public async Task WriteLock_OfAProcessThatIsNoInstance_BlocksNoStart()
    {
        SecondUser.Require();
        await using Sandbox sandbox = new();
        await eve.MakeDirectoryAsync(sandbox, "eve");
        await eve.RunAsync(sandbox, "echo 1 >eve/tachost.pid");
        using var locker = eve.Start(sandbox, SecondUser.Python, "-c", Lock, sandbox.PathOf("eve/tachost.pid"), "r+");
        await Until.SaidAsync(locker, "locked");

        var outcome = await sandbox.TachostAsync("--pidfile", "eve/tachost.pid", sandbox.UseSharedTac());

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal("root\n", (await sandbox.RunAsync("stat", "-c", "%U", "eve/tachost.pid")).Output);
    }

    [Fact]
    public async Task PidFile_OfAProcessThatGaveUpRoot_StaysRootsAndIsOutOfItsReach()
    {
        SecondUser.Require();
        await using Sandbox sandbox = new();
        File.SetUnixFileMode(sandbox.Directory, (UnixFileMode)0b111_101_101);
        sandbox.Write("writer.csx", """
            class Writer : Service
            {
                protected override Task OnStartAsync(CancellationToken cancellationToken)
                {
                    List<string> files = ["tachost.pid"];
                    foreach (var descriptor in Directory.EnumerateFiles("/proc/self/fd"))
                        if (new FileInfo(descriptor).LinkTarget?.EndsWith("tachost.pid") == true)
                            files.Add(descriptor);
                    foreach (var map in Directory.EnumerateFiles("/proc/self/map_files"))
                        if (File.ReadAllText("/proc/self/maps").Contains("tachost.pid"))
                            files.Add(map);
                    foreach (var file in files)
                        try { File.WriteAllText(file, "1\n"); Logger.LogInformation("wrote {File}", file); } catch (Exception e) when (e is UnauthorizedAccessException or IOException) { }
                    Logger.LogInformation("tried {Count}", files.Count);
                    return Task.CompletedTask;
                }
            }
            var application = new Application("writer");
            new Writer().SetServiceParent(application);
            """);
        var id = await sandbox.StartDaemonAsync("-u", eve.Name, "writer.csx");

        Assert.Equal($"{id}\n", await File.ReadAllTextAsync(sandbox.PidFile, TestContext.Current.CancellationToken));
        Assert.Equal("root 644\n", (await sandbox.RunAsync("stat", "-c", "%U %a", sandbox.PidFile)).Output);
        Assert.Contains("tried ", sandbox.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("wrote ", sandbox.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/fd"), descriptor => new FileInfo(descriptor).LinkTarget == sandbox.PidFile);
        Assert.Equal(78, (await sandbox.TachostAsync("-u", eve.Name, "writer.csx")).ExitCode);
    }
}
