using System.IO.Pipelines;
using System.Net;
using TacHost.Services.Networking;
using TacHost.Services.Tests.Networking.Fakes;

namespace TacHost.Services.Tests.Networking;

public sealed partial class ManyStartsTests
{
    private const int TreeRounds = 1_000;

    [Fact]
    public async Task Tree_OfEachKind_StartedAndStoppedAThousandTimes_LeavesNothing()
    {
        var (certificate, key) = TestCertificates.WritePem(_directory, "localhost");
        List<WeakReference> protocols = [];
        EchoFactory echo = new(protocols);
        Application application = new("every kind");
        MultiService group = new();
        group.SetServiceParent(application);
        TcpServer tcp = new(0, echo, "127.0.0.1") { Limits = new ConnectionLimits { Connections = 5, IdleTimeout = TimeSpan.FromMinutes(1) } };
        tcp.SetServiceParent(group);
        TlsServer tls = new(0, echo, new TlsOptions(TlsCertificate.FromPem(certificate, key)), "127.0.0.1");
        tls.SetServiceParent(group);
        UnixServer unix = new(_directory["stream.sock"], RecordingFactory.Echo());
        unix.SetServiceParent(group);
        new UdpServer(0, new RecordingDatagrams(), "127.0.0.1").SetServiceParent(application);
        new UnixDatagramServer(_directory["datagrams.sock"], new RecordingDatagrams()).SetServiceParent(application);
        new ExecutingService(token => Task.Delay(Timeout.Infinite, token)).SetServiceParent(application);

        await LeavesNothingAsync(TreeRounds, async () =>
        {
            await application.StartAsync(Token).Soon();
            using (var client = await Client.ConnectAsync(tcp.EndPoints[0]))
            using (var local = await Client.ConnectAsync(unix.EndPoints[0]))
            {
                await GreetAsync(client);
                await GreetAsync(local);
            }

            await application.StopAsync(Token).Soon();
        });

        // A task of a connection that goes on holds its protocol; the last ones may still be on a stack.
        for (var attempt = 0; attempt < 20 && Alive() > 5; attempt++)
        {
            await Task.Delay(50, Token);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.True(protocols.Count >= TreeRounds);
        Assert.InRange(Alive(), 0, 5);

        int Alive() => protocols.Count(protocol => protocol.IsAlive);
    }

    private static async Task GreetAsync(Client client)
    {
        await client.SendAsync("hello");
        Assert.Equal("hello", await client.ReadAsync(5));
    }

    /// <summary>Sends back what comes, in a task over a pipe, and has the test watch each protocol.</summary>
    private sealed class EchoFactory(List<WeakReference> protocols) : ServerFactory
    {
        protected internal override Protocol BuildProtocol(EndPoint peer)
        {
            EchoProtocol protocol = new();
            lock (protocols)
                protocols.Add(new WeakReference(protocol));
            return protocol;
        }
    }

    private sealed class EchoProtocol : PipeProtocol
    {
        protected override Task RunAsync(IDuplexPipe pipe, CancellationToken cancellationToken) => pipe.Input.CopyToAsync(pipe.Output, cancellationToken);
    }
}
