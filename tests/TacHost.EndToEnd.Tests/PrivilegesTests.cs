using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>Started by root, going on as somebody else.</summary>
public sealed class PrivilegesTests
{
    private const int LowPort = 80;

    /// <summary>Tries everything that could lead back to root, and tells.</summary>
    private const string Climber = """
        #r "FastPoetry.Services.dll"
        using FastPoetry.Services;
        using System.Runtime.InteropServices;

        [DllImport("libc", SetLastError = true)] static extern int setuid(uint id);
        [DllImport("libc", SetLastError = true)] static extern int setresuid(uint real, uint effective, uint saved);
        [DllImport("libc", SetLastError = true)] static extern int setgid(uint id);
        [DllImport("libc", SetLastError = true)] static extern int setgroups(nuint count, uint[] groups);

        class Climber : Service
        {
            protected override Task OnStartAsync(CancellationToken cancellationToken)
            {
                Logger.LogInformation("climbed {A} {B} {C} {D}", setuid(0), setresuid(0, 0, 0), setgid(0), setgroups(1, new uint[] { 0 }));
                try { File.WriteAllText("/etc/tachost-was-here", ""); Logger.LogInformation("wrote"); }
                catch (Exception e) { Logger.LogInformation("refused: {Type}", e.GetType().Name); }
                return Task.CompletedTask;
            }
        }

        var application = new Application("climber");
        var poetry = new PoetryService("poem.txt");
        new TcpServer(PORT, new PoetryFactory(poetry), "127.0.0.1").SetServiceParent(application);
        poetry.SetServiceParent(application);
        new Climber().SetServiceParent(application);
        """;

    [Fact]
    public async Task LowPort_OfASupervisedListener_LosesNoConnectionIn200RestartsAsNobody()
    {
        RequireRoot();
        Assert.SkipUnless(IsFree(LowPort), "port 80 is taken on this machine");
        await using var sandbox = OpenToAll();
        sandbox.Write("restarts.csx", """
            #r "FastPoetry.Services.dll"
            using FastPoetry.Services;
            class Fails : Service
            {
                int _runs;
                protected override async Task ExecuteAsync(CancellationToken stoppingToken)
                {
                    await Task.Delay(5, stoppingToken);
                    if (++_runs <= 200)
                        throw new InvalidOperationException("again");
                    File.WriteAllText("restarts", $"{Restarts}");
                    await Task.Delay(Timeout.Infinite, stoppingToken);
                }
            }
            var top = new Supervisor(RestartStrategy.OneForAll, maxRestarts: int.MaxValue) { Backoff = new Backoff { InitialDelay = TimeSpan.FromMilliseconds(1), Factor = 1, Jitter = () => TimeSpan.Zero } };
            var poem = new PoetryService("poem.txt");
            poem.SetServiceParent(top);
            new TcpServer(80, new PoetryFactory(poem), "127.0.0.1").SetServiceParent(top);
            new Fails().SetServiceParent(top);
            var application = new Application("restarts");
            top.SetServiceParent(application);
            """);
        File.WriteAllText(sandbox.PathOf("poem.txt"), Sandbox.Poem);
        await sandbox.StartDaemonAsync("--uid", "nobody", "restarts.csx");

        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var clients = Enumerable.Range(0, 64).Select(_ => Task.Run(FetchUntilOverAsync, over.Token)).ToList();
        while (!File.Exists(sandbox.PathOf("restarts")))
            await Task.WhenAny(clients.Append(Task.Delay(100, over.Token))).Unwrap();
        await over.CancelAsync();
        Assert.All(await Task.WhenAll(clients), fetched => Assert.True(fetched > 0));
        Assert.Equal("200", File.ReadAllText(sandbox.PathOf("restarts")));

        async Task<int> FetchUntilOverAsync()
        {
            var fetched = 0;
            for (; !over.IsCancellationRequested; fetched++)
                Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync(LowPort)));
            return fetched;
        }
    }

    [Fact]
    public async Task LowPort_BoundAsRoot_IsServedByNobodyWhoCanGetNothingBack()
    {
        RequireRoot();
        Assert.SkipUnless(IsFree(LowPort), "port 80 is taken on this machine");
        await using var sandbox = OpenToAll();
        sandbox.Write("climber.csx", Climber.Replace("PORT", "80", StringComparison.Ordinal));
        var id = await sandbox.StartDaemonAsync("--uid", "nobody", "--log-size", "700", "climber.csx");

        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync(LowPort)));
        foreach (var task in Directory.EnumerateDirectories($"/proc/{id}/task"))
        {
            var status = await File.ReadAllTextAsync(Path.Combine(task, "status"), TestContext.Current.CancellationToken);
            Assert.Contains("\nUid:\t65534\t65534\t65534\t65534\n", status, StringComparison.Ordinal);
            Assert.Contains("\nGid:\t65534\t65534\t65534\t65534\n", status, StringComparison.Ordinal);
            Assert.Contains("\nCapEff:\t0000000000000000\n", status, StringComparison.Ordinal);
            Assert.Contains("\nCapPrm:\t0000000000000000\n", status, StringComparison.Ordinal);
        }

        for (var i = 0; i < 20; i++)
            await sandbox.FetchAsync(LowPort);
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);

        var files = Directory.EnumerateFiles(sandbox.Directory, "tachost.log*").OrderByDescending(path => path.Length).ThenByDescending(path => path, StringComparer.Ordinal).ToList();
        var log = string.Concat(files.Select(File.ReadAllText));
        Assert.Contains("set uid/gid 65534/65534", log, StringComparison.Ordinal);
        Assert.Contains("climbed -1 -1 -1 -1", log, StringComparison.Ordinal);
        Assert.Contains("refused: UnauthorizedAccessException", log, StringComparison.Ordinal);
        Assert.False(File.Exists("/etc/tachost-was-here"));
        Assert.True(files.Count > 3, "the log was not rotated");
        Assert.All(files, path => Assert.InRange(new FileInfo(path).Length, 1, 700));
        Assert.Equal(21, log.Split('\n').Count(line => line.Contains("sending", StringComparison.Ordinal)));
        Assert.All((await sandbox.RunAsync("stat", ["-c", "%U", .. files])).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), owner => Assert.Equal("nobody", owner));
        Assert.False(File.Exists(sandbox.PidFile));
    }

    [Fact]
    public async Task UnixSocket_BoundAsRoot_BelongsToWhoWillRemoveIt()
    {
        RequireRoot();
        await using var sandbox = OpenToAll();
        sandbox.Write("unix.csx", """
            #r "FastPoetry.Services.dll"
            using FastPoetry.Services;
            var application = new Application("unix");
            var poetry = new PoetryService("poem.txt");
            poetry.SetServiceParent(application);
            new UnixServer("poem.sock", new PoetryFactory(poetry)).SetServiceParent(application);
            """);
        var id = await sandbox.StartDaemonAsync("-u", "nobody", "unix.csx");
        Assert.Equal("nobody nogroup\n", (await sandbox.RunAsync("stat", "-c", "%U %G", "poem.sock")).Output);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(sandbox.PathOf("poem.sock")), TestContext.Current.CancellationToken);
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await Sandbox.ReadToEndAsync(socket)));
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);

        Assert.False(File.Exists(sandbox.PathOf("poem.sock")));
        Assert.False(File.Exists(sandbox.PidFile));
    }

    [Fact]
    public async Task PidFile_InADirectoryOfRoots_StaysAndBlocksNobody()
    {
        RequireRoot();
        await using var sandbox = new Sandbox();
        File.SetUnixFileMode(sandbox.Directory, (UnixFileMode)0b111_101_101);
        var tac = sandbox.UseSharedTac();
        var id = await sandbox.StartDaemonAsync("-u", "nobody", tac);
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);

        Assert.Contains("cannot be removed: Permission denied. It stays as it is, and does not block a start.", sandbox.Log, StringComparison.Ordinal);
        await sandbox.StartDaemonAsync("-u", "nobody", tac);
    }

    [Fact]
    public async Task PidFile_HeldByAnotherUsersInstance_IsNamedAsThat()
    {
        RequireRoot();
        Assert.SkipUnless(Program.IsInstalled("setpriv"), "setpriv is not installed");
        await using var sandbox = OpenToAll();
        var tac = sandbox.UseSharedTac();
        var id = await sandbox.StartDaemonAsync(tac);
        var outcome = await sandbox.RunAsync("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", Program.Tachost, tac);

        Assert.Equal(78, outcome.ExitCode);
        Assert.Contains($"process {id} (tachost {tac}) is running already", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drop_WithoutBeingRoot_IsRefusedBeforeAnythingIsStarted()
    {
        RequireRoot();
        Assert.SkipUnless(Program.IsInstalled("setpriv"), "setpriv is not installed");
        await using var sandbox = OpenToAll();
        foreach (var (option, said) in ((string, string)[])[("--uid=root", "only root can become user 'root', and this is user 65534."), ("--gid=0", "only root can become group '0'"), ("--chroot=/", "only root can make '/' the root of the file system.")])
        {
            var outcome = await sandbox.RunAsync("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", Program.Tachost, option, "nowhere.csx");
            Assert.Equal((77, ""), (outcome.ExitCode, outcome.Output));
            Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
            Assert.Equal(1, outcome.Error.Count(character => character == '\n'));
        }
    }

    [Theory]
    [InlineData("--uid=nosuchuser", 67, "there is no user 'nosuchuser'.")]
    [InlineData("--gid=nosuchgroup", 67, "there is no group 'nosuchgroup'.")]
    [InlineData("--uid=4000000", 67, "the user 4000000 has no entry that names a group; give one with --gid.")]
    [InlineData("--rundir=nowhere", 64, "--rundir: there is no directory 'nowhere'.")]
    [InlineData("--chroot=nowhere", 64, "--chroot: there is no directory '")]
    [InlineData("--lib=nowhere", 64, "--lib: there is no directory '")]
    [InlineData("--plugins=nowhere", 64, "--plugins: there is no directory '")]
    public async Task Identity_ThatDoesNotExist_IsOneLineBeforeAnythingIsStarted(string option, int exitCode, string said)
    {
        await using var sandbox = new Sandbox();
        var outcome = await sandbox.TachostAsync(option, "nowhere.csx");

        Assert.Equal((exitCode, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
        Assert.Equal(1, outcome.Error.Count(character => character == '\n'));
        Assert.Empty(Directory.EnumerateFiles(sandbox.Directory, "tachost.*"));
    }

    [Fact]
    public async Task Identity_InTheTac_IsTakenUnlessTheCommandLineSaysOtherwise()
    {
        RequireRoot();
        await using var sandbox = OpenToAll();
        sandbox.Write("who.csx", "var application = new Application(\"who\") { Uid = 65534, Gid = 12 };");
        var id = await sandbox.StartDaemonAsync("who.csx");
        Assert.Contains("\nGid:\t12\t12\t12\t12\n", await File.ReadAllTextAsync($"/proc/{id}/status", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);

        id = await sandbox.StartDaemonAsync("--gid", "nogroup", "who.csx");
        Assert.Contains("\nGid:\t65534\t65534\t65534\t65534\n", await File.ReadAllTextAsync($"/proc/{id}/status", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EmptyChroot_Entered_ServesLogsRotatesTracesAndSpeaksTls()
    {
        RequireRoot();
        await using var sandbox = OpenToAll();
        var chroot = Directory.CreateDirectory(sandbox.PathOf("chroot")).FullName;
        sandbox.Write("chrooted.csx", """
            #r "FastPoetry.Services.dll"
            using FastPoetry.Services;
            using System.Net.Security;
            using System.Net.Sockets;
            using System.Security.Cryptography;
            using System.Security.Cryptography.X509Certificates;

            class Poem : Service
            {
                protected override Task OnStartAsync(CancellationToken cancellationToken)
                {
                    Logger.LogInformation("in the chroot: {Entries}, {Zone}, {Order}", Directory.GetFileSystemEntries("/").Length, TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo").BaseUtcOffset, string.Compare("ä", "z", StringComparison.CurrentCulture));
                    File.WriteAllText("poem.txt", "chrooted poem\n");
                    try { throw new InvalidOperationException("thrown in chroot"); }
                    catch (Exception e) { Logger.LogError(e, "caught"); }
                    return Task.CompletedTask;
                }
            }

            class Tls : Service
            {
                protected override async Task OnStartAsync(CancellationToken cancellationToken)
                {
                    using var key = RSA.Create(2048);
                    using var certificate = new CertificateRequest("CN=chroot", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
                    var listener = new TcpListener(IPAddress.Loopback, 0);
                    listener.Start();
                    using var client = new TcpClient();
                    await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
                    using var server = await listener.AcceptTcpClientAsync();
                    listener.Stop();
                    using var serverStream = new SslStream(server.GetStream());
                    using var clientStream = new SslStream(client.GetStream(), false, (_, _, _, _) => true);
                    await Task.WhenAll(serverStream.AuthenticateAsServerAsync(certificate), clientStream.AuthenticateAsClientAsync("chroot"));
                    await serverStream.WriteAsync(Encoding.UTF8.GetBytes("over TLS"));
                    var buffer = new byte[100];
                    var count = await clientStream.ReadAsync(buffer);
                    Logger.LogInformation("received {Text} with {Protocol}", Encoding.UTF8.GetString(buffer, 0, count), clientStream.SslProtocol);
                }
            }

            var application = new Application("chrooted");
            new Poem().SetServiceParent(application);
            new Tls().SetServiceParent(application);
            var poetry = new PoetryService("poem.txt");
            poetry.SetServiceParent(application);
            new TcpServer(0, new PoetryFactory(poetry), "127.0.0.1").SetServiceParent(application);
            """);
        File.SetUnixFileMode(chroot, (UnixFileMode)0b111_111_111);
        var id = await sandbox.StartDaemonAsync("--chroot", "chroot", "-u", "nobody", "--log-size", "4000", "chrooted.csx");
        var port = sandbox.Port();
        var log = sandbox.Log;
        for (var i = 0; i < 100; i++)
            Assert.Equal("chrooted poem\n", Encoding.UTF8.GetString(await sandbox.FetchAsync(port)));
        Assert.Equal(chroot, new FileInfo($"/proc/{id}/root").LinkTarget);
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);

        Assert.Contains("in the chroot: 0, 09:00:00, -1", log, StringComparison.Ordinal);
        Assert.Contains("\tSystem.InvalidOperationException: thrown in chroot\n\t   at Submission#0.Poem.OnStartAsync", log, StringComparison.Ordinal);
        Assert.Matches(@"chrooted\.csx:line 1\d\n", log);
        Assert.Contains("received over TLS with Tls13", log, StringComparison.Ordinal);
        Assert.True(File.Exists(sandbox.PathOf("tachost.log.2")), "the log was not rotated from inside the chroot");
        Assert.EndsWith("Server Shut Down.\n", sandbox.Log, StringComparison.Ordinal);
        Assert.False(File.Exists(sandbox.PidFile));
        Assert.Equal([Path.Combine(chroot, "poem.txt")], Directory.EnumerateFileSystemEntries(chroot));
    }

    [Theory]
    [InlineData("")]
    [InlineData("read-only")]
    public async Task PidFile_WhereNothingCanBeWritten_IsAnErrorOfOneLine(string kind)
    {
        RequireRoot();
        await using var sandbox = new Sandbox();
        var directory = Directory.CreateDirectory(sandbox.PathOf("mounted")).FullName;
        var tac = sandbox.UseSharedTac();
        if (kind == "read-only")
            Assert.SkipUnless((await sandbox.RunAsync("mount", "-t", "tmpfs", "-o", "ro", "tmpfs", directory)).ExitCode == 0, "nothing can be mounted here");
        try
        {
            var file = kind == "read-only" ? "mounted/tachost.pid" : "/proc/tachost.pid";
            var outcome = await sandbox.TachostAsync("--pidfile", file, tac);
            Assert.Equal((73, ""), (outcome.ExitCode, outcome.Output));
            Assert.StartsWith("tachost: cannot use the pid file '", outcome.Error, StringComparison.Ordinal);
            Assert.Empty(sandbox.Processes());
        }
        finally
        {
            if (kind == "read-only")
                await sandbox.RunAsync("umount", directory);
        }
    }

    [Fact]
    public async Task Foreground_OnAReadOnlyFileSystem_NeedsNoPidFile()
    {
        RequireRoot();
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("mounted"));
        var tac = sandbox.UseSharedTac();
        const string script = "mount -t tmpfs -o ro tmpfs mounted && cd mounted && exec \"$@\"";
        using (var process = sandbox.StartProgram("unshare", "--mount", "sh", "-c", script, "sh", Program.Tachost, "--nodaemon", "--rundir", sandbox.Directory, tac))
        {
            await Until.SaidAsync(process, "is running as process");
            await sandbox.KillAsync(process.Id);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();
            Assert.Equal(0, process.ExitCode);
        }

        // A file that was asked for is not left out.
        var outcome = await sandbox.RunAsync("unshare", "--mount", "sh", "-c", script, "sh", Program.Tachost, "--nodaemon", "--pidfile", "tachost.pid", "--rundir", sandbox.Directory, tac);
        Assert.Equal(73, outcome.ExitCode);
    }

    private static void RequireRoot() => Assert.SkipUnless(Environment.UserName == "root", "only root can give up privileges");

    private static Sandbox OpenToAll()
    {
        var sandbox = new Sandbox();
        File.SetUnixFileMode(sandbox.Directory, (UnixFileMode)0b111_111_111);
        return sandbox;
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
