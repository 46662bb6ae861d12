using System.Globalization;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Attacks;

/// <summary>Ways out of a chroot.</summary>
[Collection("attacks")]
public sealed class ChrootAttacks(SecondUser eve)
{
    /// <summary>Tries, as code of a service, every descriptor as a way to a file outside, and the process outside as one to be traced.</summary>
    private const string Prisoner = """
        using System.Runtime.InteropServices;

        static class Native
        {
            [DllImport("libc", EntryPoint = "openat")] public static extern int OpenAt(int directory, string path, int flags);
            [DllImport("libc", EntryPoint = "fchdir")] public static extern int ChangeDirectory(int directory);
            [DllImport("libc", EntryPoint = "ptrace")] public static extern long Trace(long request, int process, long address, long data);
        }

        class Prisoner : Service
        {
            protected override Task OnStartAsync(CancellationToken cancellationToken)
            {
                var ways = 0;
                for (var descriptor = 0; descriptor < 4096; descriptor++)
                {
                    foreach (var path in new[] { ".", "..", "../../../../../etc/passwd", "etc/passwd" })
                        if (Native.OpenAt(descriptor, path, 0) >= 0)
                            ways++;
                    if (Native.ChangeDirectory(descriptor) == 0)
                        ways++;
                }
                for (var process = 2; process < 65536; process++)
                    if (Native.Trace(16, process, 0, 0) == 0)
                        ways++;
                Logger.LogInformation("ways out: {Ways}", ways);
                for (var i = 0; i < 60; i++)
                    Logger.LogInformation("line {Number} of the prisoner's, long enough to fill files of a thousand bytes", i);
                return Task.CompletedTask;
            }
        }
        var application = new Application("prisoner");
        new Prisoner().SetServiceParent(application);
        """;

    [Theory]
    [InlineData("daemon")]
    [InlineData("foreground")]
    public async Task ChrootedProcess_LooksAtEveryDescriptor_FindsNoWayOut(string how)
    {
        SecondUser.Require();
        await using Sandbox sandbox = new();
        await eve.MakeDirectoryAsync(sandbox, "eve");
        Directory.CreateDirectory(sandbox.PathOf("chroot"));
        sandbox.Write("prisoner.csx", Prisoner);
        string[] options = ["--chroot", "chroot", "-u", eve.Name, "-l", "eve/tachost.log", "--pidfile", "eve/tachost.pid", "--log-size", "1000", "--log-keep", "3"];
        using var process = how == "daemon"
            ? sandbox.Start([.. options, "prisoner.csx"])
            : sandbox.StartProgram("sh", "-c", $"exec {Program.Tachost} -n {string.Join(' ', options)} prisoner.csx 7</ 8</etc 9<.");
        await Until.TrueAsync(() => AllLogs(sandbox).Contains("is running as process", StringComparison.Ordinal), "the start");
        var id = int.Parse(await File.ReadAllTextAsync(sandbox.PathOf("eve/tachost.pid"), TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);

        Assert.Equal(sandbox.PathOf("chroot"), new FileInfo($"/proc/{id}/root").LinkTarget);
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries($"/proc/{id}/fd"), descriptor => Directory.Exists(descriptor));
        Assert.True(File.Exists(sandbox.PathOf("eve/tachost.log.3")), "the log was not rotated from inside");
        Assert.False(File.Exists(sandbox.PathOf("eve/tachost.log.4")));
        Assert.Equal($"{eve.Name}\n", (await sandbox.RunAsync("stat", "-c", "%U", "eve/tachost.log")).Output);

        var warden = Directory.EnumerateDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), out var other) ? other : 0)
            .Single(other => other > 0 && Until.IsAlive(other) && Proc.Status(other, "PPid") == id.ToString(CultureInfo.InvariantCulture));
        Assert.Equal($"{eve.Id} {eve.Id} {eve.Id} {eve.Id}", Proc.Status(warden, "Uid"));
        await sandbox.KillAsync(warden);
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        await Until.GoneAsync(warden);
        Assert.EndsWith("Server Shut Down.\n", await File.ReadAllTextAsync(sandbox.PathOf("eve/tachost.log"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.False(File.Exists(sandbox.PathOf("eve/tachost.pid")));
    }

    [Fact]
    public async Task ChrootedProcess_TriesEveryDescriptor_GetsNothingFromOutside()
    {
        SecondUser.Require();
        await using Sandbox sandbox = new();
        await eve.MakeDirectoryAsync(sandbox, "eve");
        Directory.CreateDirectory(sandbox.PathOf("chroot"));
        sandbox.Write("prisoner.csx", Prisoner);
        var outcome = await sandbox.RunAsync("sh", "-c", $"exec {Program.Tachost} --chroot chroot -u {eve.Name} -l eve/tachost.log --pidfile eve/tachost.pid prisoner.csx 7</ 8</etc 9<.");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));

        Assert.Contains("ways out: 0", AllLogs(sandbox), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Foreground_WithDirectoriesOpen_ClosesThemAndSaysSo()
    {
        SecondUser.Require();
        await using Sandbox sandbox = new();
        await eve.MakeDirectoryAsync(sandbox, "eve");
        Directory.CreateDirectory(sandbox.PathOf("chroot"));
        sandbox.Write("prisoner.csx", Prisoner + "\napplication.RequestStop();");
        var outcome = await sandbox.RunAsync("sh", "-c", $"exec {Program.Tachost} -n --no-pidfile --chroot chroot -u {eve.Name} prisoner.csx 7</etc");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("The directory '/etc' was open and would have been a way out of the chroot. It has been closed.", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("ways out: 0", outcome.Output, StringComparison.Ordinal);
    }

    /// <summary>What the jail says about users and groups is written by others, and is asked by root.</summary>
    [Theory]
    [InlineData("an empty jail")]
    [InlineData("accounts in the jail")]
    public async Task JailedProcess_WithOrWithoutAccountsInTheJail_HasThoseOfTheMachine(string jail)
    {
        SecondUser.Require();
        await using Sandbox sandbox = new();
        File.SetUnixFileMode(sandbox.Directory, (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(sandbox.PathOf("jail/etc"));
        if (jail == "accounts in the jail")
        {
            sandbox.Write("jail/etc/passwd", $"{eve.Name}:x:{eve.Id}:{eve.Id}::/planted:/bin/planted\n");
            sandbox.Write("jail/etc/group", $"root:x:0:{eve.Name}\nshadow:x:42:{eve.Name}\n");
        }

        sandbox.Write("teller.csx", """
            class Teller : Service
            {
                protected override Task OnStartAsync(CancellationToken cancellationToken)
                {
                    Logger.LogInformation("found HOME={Home} USER={User} LOGNAME={Name} SHELL={Shell}", E("HOME"), E("USER"), E("LOGNAME"), E("SHELL"));
                    return Task.CompletedTask;
                }
                static string E(string name) => Environment.GetEnvironmentVariable(name) ?? "(none)";
            }
            var application = new Application("teller");
            new Teller().SetServiceParent(application);
            """);
        var process = sandbox.Start("-n", "--no-pidfile", "--chroot", "jail", "-u", eve.Name, "teller.csx");
        var said = await Until.SaidAsync(process, "is running");

        Assert.Contains($"found HOME=/home/{eve.Name} USER={eve.Name} LOGNAME={eve.Name} SHELL=/bin/sh\n", said, StringComparison.Ordinal);
        Assert.Equal($"{eve.Id}", Proc.Status(process.Id, "Groups").Trim());
        await sandbox.KillAsync(process.Id);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Bounded.Patience, TestContext.Current.CancellationToken);
    }

    /// <summary>The root is a directory in the jail, whose path exists outside too.</summary>
    [Theory]
    [InlineData("ftp")]
    [InlineData("web")]
    public async Task JailedServer_OfFiles_ServesThoseInTheJail(string plugin)
    {
        SecondUser.Require();
        Assert.SkipUnless(Program.IsInstalled("curl"), "curl is not installed");
        await using Sandbox sandbox = new();
        File.SetUnixFileMode(sandbox.Directory, (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(sandbox.PathOf("pub"));
        var inTheJail = Directory.CreateDirectory(sandbox.PathOf("jail") + sandbox.PathOf("pub")).FullName;
        await File.WriteAllTextAsync(Path.Combine(inTheJail, "poem.txt"), Sandbox.Poem, TestContext.Current.CancellationToken);
        var process = sandbox.Start("-n", "--no-pidfile", "--chroot", "jail", "-u", eve.Name, plugin, "--port", "0", "--iface", "127.0.0.1", "--root", "pub");
        await Until.SaidAsync(process, "is running");
        var address = $"{(plugin == "ftp" ? plugin : "http")}://127.0.0.1:{Proc.PortOf(process.Id)}";

        Assert.Contains(plugin == "ftp" ? "poem.txt" : "", (await sandbox.RunAsync("curl", "-s", "--max-time", "60", $"{address}/")).Output, StringComparison.Ordinal);
        Assert.Equal(Sandbox.Poem, (await sandbox.RunAsync("curl", "-s", "--max-time", "60", $"{address}/poem.txt")).Output);
        await sandbox.KillAsync(process.Id);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Bounded.Patience, TestContext.Current.CancellationToken);
    }

    /// <summary>A program that the jailed process starts does not inherit the descriptor in place of the directory.</summary>
    [Fact]
    public async Task ClosedDirectory_InTheJail_IsNotInheritedByPrograms()
    {
        SecondUser.Require();
        await using Sandbox sandbox = new();
        Directory.CreateDirectory(sandbox.PathOf("jail"));
        sandbox.Write("lister.csx", """
            using System.Runtime.InteropServices;

            class Lister : Service
            {
                [DllImport("libc")] static extern int fcntl(int descriptor, int command, int argument);
                protected override Task OnStartAsync(CancellationToken cancellationToken)
                {
                    Logger.LogInformation("flags: {Flags}", fcntl(7, 1, 0));
                    return Task.CompletedTask;
                }
            }
            var application = new Application("lister");
            new Lister().SetServiceParent(application);
            application.RequestStop();
            """);
        var outcome = await sandbox.RunAsync("sh", "-c", $"exec {Program.Tachost} -n --no-pidfile --chroot jail -u {eve.Name} lister.csx 7</etc");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("flags: 1\n", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_IntoAChroot_OpensNoListener()
    {
        SecondUser.Require();
        Assert.SkipUnless(Program.IsInstalled("strace"), "strace is not installed");
        await using Sandbox sandbox = new();
        Directory.CreateDirectory(sandbox.PathOf("chroot"));
        sandbox.Write("nothing.csx", "var application = new Application(\"nothing\"); application.RequestStop();");
        var outcome = await sandbox.RunAsync("strace", "-f", "-o", "trace", "-e", "trace=listen,bind", Program.Tachost, "-n", "--no-pidfile", "--chroot", "chroot", "-u", eve.Name, "nothing.csx");

        Assert.Equal(0, outcome.ExitCode);
        Assert.DoesNotContain("AF_INET", await File.ReadAllTextAsync(sandbox.PathOf("trace"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.DoesNotContain("TLS does not work", outcome.Output, StringComparison.Ordinal);
    }

    /// <summary>The log in all its files; nothing while it is being rotated.</summary>
    private static string AllLogs(Sandbox sandbox)
    {
        try
        {
            return string.Concat(Directory.EnumerateFiles(sandbox.PathOf("eve"), "tachost.log*").Select(File.ReadAllText));
        }
        catch (FileNotFoundException)
        {
            return "";
        }
    }
}
