using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

/// <summary>Starts and stops each kind of server and client a thousand times: nothing may be left over.</summary>
[Collection<AloneCollection>]
public sealed partial class ManyStartsTests : IDisposable
{
    private const int Rounds = 1_000;

    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [LongSet]
    [InlineData("tcp:0:interface=127.0.0.1")]
    [InlineData("haproxy:tcp:0:interface=127.0.0.1")]
    [InlineData("tls:0:certificate={0}/localhost.pem:key={0}/localhost.key:interface=127.0.0.1")]
    [InlineData("unix:{0}/x.sock")]
    [InlineData("fd:{1}")]
    public async Task StreamServer_StartedAndStopped_LeavesNothing(string endpoint)
    {
        TestCertificates.WritePem(_directory, "localhost");
        using Socket inherited = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        inherited.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        inherited.Listen();
        StreamServer server = new(string.Format(null, endpoint, _directory.Path, inherited.Handle), RecordingFactory.Echo()) { Limits = new ConnectionLimits { MaxConnections = 5, IdleTimeout = TimeSpan.FromMinutes(1) } };
        await LeavesNothingAsync(async () =>
        {
            await server.StartAsync(Token);
            using (await Client.ConnectAsync(server.LocalAddresses[0]))
                await server.StopAsync(new CancellationToken(canceled: true)).Soon();
        });
    }

    [Theory]
    [LongSet]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DatagramServer_StartedAndStopped_LeavesNothing(bool unix)
    {
        DatagramServer server = unix ? new UnixDatagramServer(_directory["x.sock"], new RecordingDatagrams()) : new UdpServer(0, new RecordingDatagrams(), IPAddress.Loopback.ToString());
        await LeavesNothingAsync(async () =>
        {
            await server.StartAsync(Token);
            await server.StopAsync(Token).Soon();
        });
    }

    public void Dispose() => _directory.Dispose();

    private static async Task LeavesNothingAsync(Func<Task> round)
    {
        for (var i = 0; i < 20; i++)
            await round();
        var (descriptors, threads, timers) = (Descriptors(), Threads(), Timer.ActiveCount);
        for (var i = 0; i < Rounds; i++)
            await round();

        // The thread pool grows by itself; what leaks, leaks once a round.
        Assert.InRange(Descriptors(), 0, descriptors + (Rounds / 10));
        Assert.InRange(Threads(), 0, threads + (Rounds / 10));
        Assert.InRange(Timer.ActiveCount, 0, timers + (Rounds / 10));
    }

    private static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static int Threads()
    {
        using var self = Process.GetCurrentProcess();
        return self.Threads.Count;
    }
}
