using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

public sealed class SlowPoetryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SlowPoetry_TwoThousandClients_AllGetThePoemFromAFewThreads()
    {
        const int clients = 2_000;
        await using Sandbox sandbox = new();
        var daemon = await sandbox.StartDaemonAsync(EditedDeployment.Write(sandbox, "slow-poetry", ("port", "0"), ("iface", "\"127.0.0.1\""), ("numBytes", "300"), ("delay", "TimeSpan.FromMilliseconds(200)")));
        var poem = EditedDeployment.Poem("ecstasy");
        IPEndPoint server = new(IPAddress.Loopback, int.Parse(EditedDeployment.PortOf(sandbox, "SlowPoetryFactory"), CultureInfo.InvariantCulture));
        List<Socket> sockets = [];
        try
        {
            for (var i = 0; i < clients; i++)
            {
                sockets.Add(new Socket(SocketType.Stream, ProtocolType.Tcp));
                await sockets[i].ConnectAsync(server, Token);
            }

            var reading = sockets.ConvertAll(Sandbox.ReadToEndAsync);
            var most = 0;
            while (reading.Any(each => !each.IsCompleted))
            {
                most = Math.Max(most, int.Parse(Proc.Status(daemon, "Threads"), CultureInfo.InvariantCulture));
                await Task.WhenAny([.. reading.Where(each => !each.IsCompleted).Take(1), Task.Delay(50, Token)]);
            }

            foreach (var read in await Task.WhenAll(reading))
                Assert.True(poem.AsSpan().SequenceEqual(read));
            TestContext.Current.TestOutputHelper?.WriteLine($"{clients} clients, at most {most} threads");
            Assert.InRange(most, 1, 60);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task SlowPoetry_ThroughNc_ComesByAndByAndWhole()
    {
        Assert.SkipUnless(Program.IsInstalled("nc"), "nc is not installed (netcat-openbsd)");
        await using Sandbox sandbox = new();
        await sandbox.StartDaemonAsync(EditedDeployment.Write(sandbox, "slow-poetry", ("port", "0"), ("iface", "\"127.0.0.1\""), ("delay", "TimeSpan.FromMilliseconds(2)")));
        var outcome = await sandbox.RunAsync("sh", "-c", $"nc -N 127.0.0.1 {EditedDeployment.PortOf(sandbox, "SlowPoetryFactory")} < /dev/null | cmp - poetry/ecstasy.txt");
        Assert.Equal(new Outcome(0, "", ""), outcome);
    }
}
