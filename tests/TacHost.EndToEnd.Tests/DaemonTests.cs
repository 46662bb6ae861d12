using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

public sealed class DaemonTests
{
    [Fact]
    public async Task Start_ByDefault_ReturnsOnceThePoemCanBeFetched()
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(sandbox.WriteTac());

        // Not a moment is left to the daemon: the poem must be there when the prompt is.
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync()));
    }

    [Fact]
    public async Task Start_ByDefault_HasItsOwnSessionParentOneAndNoTerminal()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac());

        // pid (comm) state ppid pgrp session tty_nr …: proc(5)
        var stat = await File.ReadAllTextAsync($"/proc/{id}/stat", TestContext.Current.CancellationToken);
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        Assert.Equal("1", fields[1]);
        Assert.Equal(id.ToString(CultureInfo.InvariantCulture), fields[3]);
        Assert.Equal("0", fields[4]);
        Assert.Equal("/dev/null", new FileInfo($"/proc/{id}/fd/0").LinkTarget);

        // What is written to these without a logger is not lost, the last words of a crash above all.
        Assert.Equal(sandbox.PathOf("tachost.log"), new FileInfo($"/proc/{id}/fd/1").LinkTarget);
        Assert.Equal(sandbox.PathOf("tachost.log"), new FileInfo($"/proc/{id}/fd/2").LinkTarget);
    }

    [Fact]
    public async Task Start_LogFileOfTheTac_IsUsedUnlessTheCommandLineNamesOne()
    {
        await using var sandbox = new Sandbox();
        var tac = sandbox.Write("x.csx", "var application = new Application(\"x\") { LogFile = new() { Path = \"own.log\", Keep = 3 } };\nConsole.WriteLine(\"built\");\n");
        var id = await sandbox.StartDaemonAsync(tac);
        Assert.Equal(sandbox.PathOf("own.log"), new FileInfo($"/proc/{id}/fd/2").LinkTarget);
        Assert.Contains(sandbox.PathOf("own.log"), (await sandbox.TachostAsync("status", "x")).Output, StringComparison.Ordinal);
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        var own = await File.ReadAllLinesAsync(sandbox.PathOf("own.log"), TestContext.Current.CancellationToken);
        Assert.Contains(" starting up.", own[0], StringComparison.Ordinal);
        Assert.EndsWith("[stdout] built", own[1], StringComparison.Ordinal);
        Assert.EndsWith("[-] Server Shut Down.", own[^1], StringComparison.Ordinal);
        Assert.False(File.Exists(sandbox.PathOf("tachost.log")));

        id = await sandbox.StartDaemonAsync("--logfile", "tachost.log", tac);
        Assert.Contains("[stdout] built", sandbox.Log, StringComparison.Ordinal);
        Assert.Equal(own.Length, (await File.ReadAllLinesAsync(sandbox.PathOf("own.log"), TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public async Task Start_FromAShellThatEnds_Survives()
    {
        await using var sandbox = new Sandbox();
        var outcome = await sandbox.RunAsync("setsid", "sh", "-c", $"{Program.Tachost} {sandbox.WriteTac()} && kill -HUP $$");
        Assert.NotEqual(0, outcome.ExitCode);

        Assert.True(Until.IsAlive(sandbox.DaemonId));
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync()));
    }

    [Fact]
    public async Task Start_WithDescriptorsOpenInTheShell_HoldsNoneOfThem()
    {
        await using var sandbox = new Sandbox();
        var outcome = await sandbox.RunAsync("sh", "-c", $"exec 7>held; {Program.Tachost} {sandbox.WriteTac()}");
        Assert.Equal(0, outcome.ExitCode);

        var held = Directory.EnumerateFiles($"/proc/{sandbox.DaemonId}/fd").Select(path => new FileInfo(path).LinkTarget);
        Assert.DoesNotContain(sandbox.PathOf("held"), held);
    }

    [Fact]
    public async Task Start_ByDefault_WritesThePidForEverybodyAndTheLogForTheOwner()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac());

        Assert.Equal($"{id}\n", await File.ReadAllTextAsync(sandbox.PidFile, TestContext.Current.CancellationToken));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(sandbox.PidFile));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(sandbox.PathOf("tachost.log")));
    }

    [Fact]
    public async Task Stop_BySigterm_TellsTheWholeStoryInTheLogAndLeavesNothing()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        var port = sandbox.Port();
        await sandbox.FetchAsync();
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);

        Assert.False(File.Exists(sandbox.PidFile));
        await Assert.ThrowsAsync<SocketException>(() => sandbox.FetchAsync(port));
        string[] story =
        [
            @"\[-\] tachost \d+\.\d+\.\d+ \(\.NET 10\.[\d.]+, .*/tachost\) starting up\.",
            @"\[fastpoetry/PoetryService\] loaded 34 bytes of poetry from poem\.txt",
            $@"\[fastpoetry/TcpServer\] PoetryFactory starting on 127\.0\.0\.1:{port}",
            $@"\[-\] fastpoetry is running as process {id}, from poem\.csx\.",
            @"\[fastpoetry/PoetryFactory\] sending 34 bytes of poetry to 127\.0\.0\.1:\d+",
            @"\[-\] Received SIGTERM, shutting down\.",
            $@"\[fastpoetry/TcpServer\] \(TCP Port {port} Closed\)",
            @"\[fastpoetry/PoetryFactory\] Stopping factory PoetryFactory",
            @"\[-\] Server Shut Down\.",
        ];
        var lines = sandbox.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(story.Length, lines.Length);
        Assert.All(story.Zip(lines), pair => Assert.Matches($@"^\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{{4}} {pair.First}$", pair.Second));
    }

    [Fact]
    public async Task Stop_WhileAPoemIsRead_SendsAllOfIt()
    {
        await using var sandbox = new Sandbox();
        var poem = new byte[30_000_000];
        new Random(1).NextBytes(poem);
        await File.WriteAllBytesAsync(sandbox.PathOf("long.txt"), poem, TestContext.Current.CancellationToken);
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac(poem: "long.txt"));
        var port = sandbox.Port();
        using var slow = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await slow.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), TestContext.Current.CancellationToken);
        await slow.ReceiveAsync(new byte[1].AsMemory(), SocketFlags.Peek, TestContext.Current.CancellationToken);

        await sandbox.KillAsync(id);
        await Until.TrueAsync(() => sandbox.Log.Contains($"(TCP Port {port} Closed)", StringComparison.Ordinal), "the closed port");
        Assert.True(Until.IsAlive(id));
        Assert.Equal(poem, await Sandbox.ReadToEndAsync(slow));
        await Until.GoneAsync(id);
        Assert.False(File.Exists(sandbox.PidFile));
    }

    [Fact]
    public async Task Stop_ThenStartAgain_TakesThePortAtOnce()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.WriteTac());
        var port = sandbox.Port();
        await sandbox.FetchAsync();
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);

        // The server closed that connection first, so the port has one in TIME_WAIT.
        await sandbox.StartDaemonAsync(sandbox.WriteTac(port: port));
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync(port)));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task NoDaemon_UntilASignal_LogsToStandardOutputAndExitsZero(string signal)
    {
        await using var sandbox = new Sandbox();
        using var process = sandbox.Start("--nodaemon", sandbox.WriteTac());
        var log = await Until.SaidAsync(process, "is running");
        Assert.Equal(process.Id, sandbox.DaemonId);

        await sandbox.KillAsync(process.Id, signal);
        log += await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.EndsWith("Server Shut Down.\n", log, StringComparison.Ordinal);
        Assert.Contains($"Received SIG{signal}, shutting down.", log, StringComparison.Ordinal);
        Assert.Equal("", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.False(File.Exists(sandbox.PidFile));
        Assert.False(File.Exists(sandbox.PathOf("tachost.log")));
    }

    [Fact]
    public async Task Logfile_Given_MovesTheLog()
    {
        await using var sandbox = new Sandbox();
        var outcome = await sandbox.TachostAsync("--logfile", "elsewhere.log", "--pidfile", "else.pid", sandbox.WriteTac());
        Assert.Equal(0, outcome.ExitCode);

        Assert.Contains("is running", await File.ReadAllTextAsync(sandbox.PathOf("elsewhere.log"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.False(File.Exists(sandbox.PathOf("tachost.log")));
        Assert.True(File.Exists(sandbox.PathOf("else.pid")));
    }
}
