using System.Diagnostics;
using System.Net.Sockets;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

public sealed class UnixServerTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string SocketPath => _directory["poetry.sock"];

    private UnixDomainSocketEndPoint Address => new(SocketPath);

    [Fact]
    public async Task StartAsync_FreePath_ServesAndRemovesTheFileAtTheEnd()
    {
        UnixServer server = new(SocketPath, RecordingFactory.Echo());
        await server.StartAsync(Token);
        Assert.Equal(SocketPath, Assert.Single(server.LocalAddresses).ToString());
        using (var client = await Client.ConnectAsync(Address))
        {
            await client.SendAsync("hello");
            Assert.Equal("hello", await client.ReadAsync(5));
        }

        await server.StopAsync(Token).Soon();
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact]
    public async Task StartAsync_ManyTimes_ServesEachTime()
    {
        UnixServer server = new(SocketPath, RecordingFactory.Saying("poem"u8.ToArray()));
        for (var round = 0; round < 20; round++)
        {
            await server.StartAsync(Token);
            using (var client = await Client.ConnectAsync(Address))
                Assert.Equal("poem"u8.ToArray(), await client.ReadToEndAsync());
            await server.StopAsync(Token).Soon();
        }
    }

    [Theory]
    [InlineData(0b110_110_000)]
    [InlineData(0b110_110_110)]
    [InlineData(0b111_111_111)]
    [InlineData(0)]
    public async Task StartAsync_AnyMode_IsGivenWhateverTheUmask(int mode)
    {
        UnixServer server = new(SocketPath, new RecordingFactory(), (UnixFileMode)mode);
        await using var running = await RunningService.StartAsync(server);
        Assert.Equal((UnixFileMode)mode, File.GetUnixFileMode(SocketPath));
    }

    [Fact]
    public async Task StartAsync_ApplicationWithIdentity_GivesTheFileToIt()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can give a file away");
        Application application = new("poetry") { Uid = 12345, Gid = 23456 };
        new UnixServer(SocketPath, new RecordingFactory()).SetServiceParent(application);
        await application.StartAsync(Token);
        using var stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%u:%g", SocketPath]) { RedirectStandardOutput = true })!;
        Assert.Equal("12345:23456\n", await stat.StandardOutput.ReadToEndAsync(Token));
        await application.StopAsync(Token).Soon();
    }

    [Fact]
    public async Task StartAsync_StaleFile_ReplacesIt()
    {
        LeaveStaleFile();
        UnixServer server = new(SocketPath, RecordingFactory.Saying("poem"u8.ToArray()));
        await using var running = await RunningService.StartAsync(server);
        using var client = await Client.ConnectAsync(Address);
        Assert.Equal("poem"u8.ToArray(), await client.ReadToEndAsync());
    }

    [Fact]
    public async Task StartAsync_LiveSocket_IsRefusedAndGoesOnServing()
    {
        await using var first = await RunningService.StartAsync(new UnixServer(SocketPath, RecordingFactory.Saying("first"u8.ToArray())));
        Assert.Contains($"because process {Environment.ProcessId} (", await FailureAsync(SocketPath), StringComparison.Ordinal);
        using var client = await Client.ConnectAsync(Address);
        Assert.Equal("first"u8.ToArray(), await client.ReadToEndAsync());
    }

    [Fact]
    public async Task StartAsync_LiveSocketWithFullBacklog_IsRefusedWithoutWaiting()
    {
        using Socket full = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        full.Bind(Address);
        full.Listen(0);
        using var waiting = await Client.ConnectAsync(Address);
        Assert.Contains("because another process already does.", await FailureAsync(SocketPath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_ManyAtOnceOverStaleFile_OnlyOneWins()
    {
        LeaveStaleFile();
        var servers = Enumerable.Range(0, 8).Select(_ => new UnixServer(SocketPath, new RecordingFactory())).ToList();
        await Task.WhenAll(servers.Select(server => Task.Run(() => server.StartAsync(Token)))).ContinueWith(_ => { }, TaskScheduler.Default).Soon();
        var winner = Assert.Single(servers, server => server.Running);
        using (await Client.ConnectAsync(Address))
        {
            // It can still be reached.
        }

        await winner.StopAsync(Token).Soon();
    }

    [Fact]
    public async Task StopAsync_AnotherTookThePath_LeavesItsFile()
    {
        UnixServer server = new(SocketPath, new RecordingFactory());
        await server.StartAsync(Token);
        File.Delete(SocketPath);
        UnixServer other = new(SocketPath, RecordingFactory.Saying("other"u8.ToArray()));
        await other.StartAsync(Token);

        await server.StopAsync(Token).Soon();
        using (var client = await Client.ConnectAsync(Address))
            Assert.Equal("other"u8.ToArray(), await client.ReadToEndAsync());
        await other.StopAsync(Token).Soon();
        Assert.False(File.Exists(SocketPath));
    }

    [Fact]
    public async Task StartAsync_FileInTheWay_IsRefusedAndKept()
    {
        await File.WriteAllTextAsync(SocketPath, "precious", Token);
        Assert.Contains("because a file that is not a socket is in the way.", await FailureAsync(SocketPath), StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(SocketPath, Token));
    }

    [Fact]
    public async Task StartAsync_DirectoryInTheWay_IsRefused() =>
        Assert.Contains("because a directory is in the way.", await FailureAsync(_directory.Path), StringComparison.Ordinal);

    [Fact]
    public async Task StartAsync_DirectoryMissing_NamesIt() =>
        Assert.Contains($"because there is no directory '{_directory["none"]}'.", await FailureAsync(_directory["none/x.sock"]), StringComparison.Ordinal);

    [Fact]
    public async Task StartAsync_PathTooLong_SaysHowLongItMayBe()
    {
        var longest = _directory[new string('x', 106 - _directory.Path.Length)];
        Assert.Contains("because its path has 108 bytes, and the system allows 107.", await FailureAsync(longest + "x"), StringComparison.Ordinal);

        UnixServer server = new(longest, new RecordingFactory());
        await server.StartAsync(Token);
        await server.StopAsync(Token).Soon();
    }

    [Fact]
    public async Task Peer_OfUnixSocket_IsTheProcess()
    {
        RecordingFactory factory = new();
        await using var running = await RunningService.StartAsync(new UnixServer(SocketPath, factory));
        using var client = await Client.ConnectAsync(Address);
        var protocol = await factory.NextAsync();
        var peer = Assert.IsType<UnixPeerEndPoint>(protocol.Transport.Peer);
        Assert.Equal(Environment.ProcessId, peer.ProcessId);
        Assert.StartsWith($"process {Environment.ProcessId} of user ", peer.ToString(), StringComparison.Ordinal);
        Assert.Equal(SocketPath, protocol.Transport.Local.ToString());
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>What a process that was killed leaves behind: a bound file whose socket is gone. .NET removes a path that it bound, so the file is renamed first.</summary>
    private void LeaveStaleFile()
    {
        using (Socket gone = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            gone.Bind(new UnixDomainSocketEndPoint(_directory["gone"]));
            File.Move(_directory["gone"], SocketPath);
        }

        Assert.True(File.Exists(SocketPath));
    }

    private static async Task<string> FailureAsync(string path)
    {
        UnixServer server = new(path, new RecordingFactory());
        return (await Assert.ThrowsAsync<CannotListenException>(() => server.StartAsync(Token))).Message;
    }
}
