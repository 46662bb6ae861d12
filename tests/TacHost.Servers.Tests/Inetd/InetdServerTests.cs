using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using TacHost.Processes.Inetd;
using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Servers.Tests.Inetd;

/// <summary>Programs for connections.</summary>
public sealed partial class InetdServerTests : IDisposable
{
    private const string Here = "127.0.0.1:0";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("7000 stream tcp46 nowait root internal echo", "tcp:7000")]
    [InlineData("7000 stream tcp nowait root /bin/cat", "tcp:7000:interface=0.0.0.0")]
    [InlineData("[::1]:7000 stream tcp wait root /bin/cat", @"tcp:7000:interface=\:\:1")]
    [InlineData("7000 dgram udp46 wait root internal echo", "udp:7000")]
    [InlineData("127.0.0.1:7000 dgram udp wait root /bin/cat", "udp:7000:interface=127.0.0.1")]
    [InlineData("/run/x.sock dgram unix wait root internal echo", "unix-datagram:/run/x.sock")]
    public void Needs_OfEachKindOfService_NameItsSocket(string line, string expected)
    {
        var needing = Assert.IsAssignableFrom<IServiceNeeds>(Assert.Single(new InetdServer(InetdConf.Parse(line))));
        Assert.Equal(expected, Assert.Single(needing.Needs, need => need.Kind == ServiceNeedKind.Listen).Name);
    }

    [Fact]
    public async Task Connection_ToCat_ComesBackThroughNc()
    {
        InetdServer server = new([new(Here, "/bin/cat")]);
        await using var running = await RunningService.StartAsync(server);
        Assert.Equal("Roses are red\n", await RealClient.RunAsync("nc", "Roses are red\n", "-N", "127.0.0.1", PortOf(server)));
        var log = await LoggedAsync(running, " has ended after ");
        Assert.Matches(@"^127\.0\.0\.1:0/tcp: process \d+ for 127\.0\.0\.1:\d+ has ended after \d+\.\d{3} s: exit code 0$", log.Text);
        Assert.Matches(@"^127\.0\.0\.1:0/tcp: 127\.0\.0\.1:\d+ is served by '/bin/cat', process \d+ of user \d+$", (await LoggedAsync(running, " is served by ")).Text);
    }

    [Fact]
    public async Task Program_OfAConnection_HasTheSocketAndNothingElse()
    {
        InetdServer server = new([Script(Here, """
            ls -l /proc/$$/fd
            for d in 0 1 2; do grep flags /proc/$$/fdinfo/$d; done
            grep -E '^Sig(Blk|Ign)' /proc/self/status
            cut -d' ' -f5,6 /proc/$$/stat | sed "s/^/$$ leads /"
            """)]);
        using TcpListener inherited = new(IPAddress.Loopback, 0);
        inherited.Start();
        await using var running = await RunningService.StartAsync(server);
        var said = await AskAsync(server.LocalAddresses[0]);
        var descriptors = Descriptor().Matches(said);
        Assert.Equal(["0", "1", "2"], descriptors.Select(match => match.Groups["number"].Value));
        Assert.StartsWith("socket:[", Assert.Single(descriptors.Select(match => match.Groups["what"].Value).Distinct()), StringComparison.Ordinal);
        Assert.Equal(3, Regex.Count(said, @"flags:\s+02\n")); // read and write, and not non-blocking

        // The C library ignores its own two signals, 32 and 33, in what it spawns.
        Assert.All(SignalSet().Matches(said), match => Assert.Equal(0UL, ulong.Parse(match.Groups["set"].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & ~(3UL << 31)));
        Assert.Equal(2, SignalSet().Count(said));
        Assert.Matches(@"(?m)^(\d+) leads \1 \1$", said);
    }

    [Fact]
    public async Task Program_ByItsArgumentZero_IsCalledSo()
    {
        InetdServer server = new([new(Here, "/bin/sh", "in.something", "-c", "echo \"$0 $1 $2\"", "zero", "two words", "ü")]);
        await using var running = await RunningService.StartAsync(server);
        Assert.Equal("zero two words ü\n", await AskAsync(server.LocalAddresses[0]));
        InetdServer called = new([new(Here, "/bin/cat", "in.something", "/proc/self/cmdline")]);
        await using var too = await RunningService.StartAsync(called);
        Assert.Equal("in.something\0/proc/self/cmdline\0", await AskAsync(called.LocalAddresses[0]));
    }

    [Theory]
    [InlineData("/no/such/program", "No such file or directory")]
    [InlineData("/etc/passwd", "Permission denied")]
    public async Task Program_ThatCannotBeStarted_IsLoggedAndItsConnectionClosed(string program, string reason)
    {
        InetdServer server = new([new(Here, program)]);
        await using var running = await RunningService.StartAsync(server);
        for (var i = 0; i < 3; i++)
            Assert.Equal("", await AskAsync(server.LocalAddresses[0]));
        Assert.Equal(3, running.Log.Lines.Count(line => line.Level == LogLevel.Error && line.Text.StartsWith($"{Here}/tcp: '{program}' cannot be started for 127.0.0.1:", StringComparison.Ordinal) && line.Text.EndsWith($": {reason}", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Programs_ThatHaveEnded_LeaveNoZombies()
    {
        InetdServer server = new([Script(Here, "echo $$; exit 3")]);
        await using var running = await RunningService.StartAsync(server);
        var processes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AskAsync(server.LocalAddresses[0])));
        await Until.TrueAsync(() => Count(running, ": exit code 3") == processes.Length, "the end of all of them");
        Assert.Equal(processes.Length, processes.Distinct().Count());
        Assert.All(processes, process => Assert.False(Directory.Exists($"/proc/{process.Trim()}")));
    }

    [Fact]
    public async Task StopAsync_RunningPrograms_AreEndedWithTheirGroups()
    {
        InetdServer server = new([Script(Here, "sleep 1000 & echo $$ $!; exec sleep 1000")]);
        await using var running = await RunningService.StartAsync(server);
        using var peer = await Peer.ConnectAsync(server.LocalAddresses[0]);
        var processes = await ReadLineAsync(peer);
        await running.StopAsync();
        Assert.All(processes.Split(' '), process => Assert.False(IsAlive(process)));
        Assert.Equal(1, Count(running, ": killed by signal 15"));
    }

    [Fact]
    public async Task StopAsync_ProgramThatIgnoresTheSignal_IsKilledAfterTheKillTime()
    {
        FakeTimeProvider clock = new();
        InetdServer server = new([Script(Here, "trap '' TERM; echo $$; while :; do sleep 1; done")], new InetdOptions { TimeProvider = clock, KillTime = TimeSpan.FromSeconds(7) });
        await using var running = await RunningService.StartAsync(server);
        using var peer = await Peer.ConnectAsync(server.LocalAddresses[0]);
        var process = await ReadLineAsync(peer);
        var stop = running.StopAsync();
        Assert.True(Directory.Exists($"/proc/{process}"));
        await Until.TrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                return stop.IsCompleted;
            },
            "the kill");
        await stop;
        Assert.False(Directory.Exists($"/proc/{process}"));
        Assert.Equal((1, 1), (Count(running, " has ignored SIGTERM and is killed"), Count(running, ": killed by signal 9")));
    }

    [Fact]
    public async Task Connections_BeyondTheLimit_AreRefusedUntilAProgramEnds()
    {
        InetdServer server = new([Script(Here, "echo up; exec cat")], new InetdOptions { Limits = new ConnectionLimits { MaxConnections = 2, OnLimitReached = ConnectionLimitBehavior.Refuse } });
        await using var running = await RunningService.StartAsync(server);
        using var first = await Peer.ConnectAsync(server.LocalAddresses[0]);
        using (var second = await Peer.ConnectAsync(server.LocalAddresses[0]))
        {
            Assert.Equal(("up", "up"), (await ReadLineAsync(first), await ReadLineAsync(second)));
            Assert.Equal("", await AskAsync(server.LocalAddresses[0]));
        }

        await LoggedAsync(running, " has ended after ");
        string? said = null;
        for (var attempts = 0; said is null or "" && attempts < 100; attempts++)
            said = await AskAsync(server.LocalAddresses[0], "another\n");
        Assert.Equal("up\nanother\n", said);
        await first.SendAsync("still here\n");
        Assert.Equal("still here", await ReadLineAsync(first));
    }

    [Fact]
    public async Task Programs_MoreThanInAMinute_AreRefusedAndSaidOnce()
    {
        FakeTimeProvider clock = new();
        InetdServer server = new([Script(Here, "echo up") with { MaxPerMinute = 3 }], new InetdOptions { TimeProvider = clock });
        await using var running = await RunningService.StartAsync(server);
        List<string> said = [];
        for (var i = 0; i < 6; i++)
            said.Add(await AskAsync(server.LocalAddresses[0]));
        Assert.Equal(["up\n", "up\n", "up\n", "", "", ""], said);
        Assert.Equal(1, Count(running, $"{Here}/tcp: 3 programs were started within a minute, which is the limit; no client is served for the next 60 s"));
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("up\n", await AskAsync(server.LocalAddresses[0]));
        Assert.Equal(1, Count(running, "is served again; 3 connections were refused meanwhile"));
    }

    [Fact]
    public async Task StartAsync_UserThatThereIsNot_Fails()
    {
        InetdServer server = new([new(Here, "/bin/cat") { User = "no-such-user", Origin = "conf:3" }]);
        var failure = await Assert.ThrowsAsync<IOException>(() => RunningService.StartAsync(server));
        Assert.Equal($"The service '{Here}/tcp' of conf:3 cannot be served: there is no user 'no-such-user'.", failure.Message);
    }

    /// <summary>These tests are not tachost, which alone could do it.</summary>
    [Fact]
    public async Task StartAsync_AnotherUser_FailsWhereItCannotBeDone()
    {
        InetdServer server = new([new(Here, "/bin/cat") { User = Environment.IsPrivilegedProcess ? "65534" : "0", Group = Environment.IsPrivilegedProcess ? "65534" : "0" }]);
        var failure = await Assert.ThrowsAsync<IOException>(() => RunningService.StartAsync(server));
        Assert.Contains(Environment.IsPrivilegedProcess ? "and only the tachost program can start them so" : "which requires root, and this process is user", failure.Message, StringComparison.Ordinal);
    }

    private static InetdService Script(string place, string script) => new(place, "/bin/sh", "sh", "-c", script);

    private static string PortOf(InetdServer server) => ((IPEndPoint)server.LocalAddresses[0]).Port.ToString(CultureInfo.InvariantCulture);

    /// <summary>Everything that is said on a connection; nothing on one that is refused, which may come to light as soon as it is made.</summary>
    private static async Task<string> AskAsync(EndPoint place, string question = "")
    {
        try
        {
            using var peer = await Peer.ConnectAsync(place);
            await peer.SendAsync(question);
            peer.Socket.Shutdown(SocketShutdown.Send);
            return Encoding.UTF8.GetString(await peer.ReadToEndAsync());
        }
        catch (SocketException)
        {
            return "";
        }
    }

    private static async Task<string> ReadLineAsync(Peer peer)
    {
        StringBuilder line = new();
        while (await peer.ReadTextAsync(1) is var character and not "\n")
            line.Append(character);
        return line.ToString();
    }

    private static int Count(RunningService running, string text) => running.Log.Lines.Count(line => line.Text.Contains(text, StringComparison.Ordinal));

    private static async Task<CollectingLoggerFactory.Line> LoggedAsync(RunningService running, string text)
    {
        await Until.TrueAsync(() => Count(running, text) > 0, text);
        return running.Log.Lines.First(line => line.Text.Contains(text, StringComparison.Ordinal));
    }

    [GeneratedRegex(@" (?<number>\d+) -> (?<what>.+)$", RegexOptions.Multiline)]
    private static partial Regex Descriptor();

    [GeneratedRegex(@"^Sig\w+:\s+(?<set>[0-9a-f]+)$", RegexOptions.Multiline)]
    private static partial Regex SignalSet();

    /// <summary>Whether a process lives. One that is dead and that its new parent has not waited for yet does not.</summary>
    private static bool IsAlive(string process)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{process}/stat");
            return !status[(status.LastIndexOf(')') + 1)..].StartsWith(" Z", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
