using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using TacHost.Services.Networking;

namespace TacHost.Web.Tests;

/// <summary>Starts and stops an HTTP server a thousand times: nothing may be left over.</summary>
[Collection<AloneCollection>]
public sealed class ManyStartsTests : IDisposable
{
    private const int Rounds = 1_000;

    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [LongSet]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HttpServer_StartedAndStoppedAThousandTimes_LeavesNothing(bool overTls)
    {
        var (certificate, key) = TestCertificates.WritePem(_directory, "localhost");
        List<WeakReference> requests = [];
        HttpServer server = overTls ? new(ServerEndpoint.Tls(0, new TlsOptions(TlsCertificate.FromPem(certificate, key)), "127.0.0.1"), Greet) : new(0, Greet, "127.0.0.1");
        for (var i = 0; i < 20; i++)
            await RoundAsync();
        var (descriptors, threads, timers) = (Descriptors(), Threads(), Timer.ActiveCount);
        for (var i = 0; i < Rounds; i++)
            await RoundAsync();

        // The thread pool grows by itself; what leaks, leaks once a round.
        Assert.InRange(Descriptors(), 0, descriptors + (Rounds / 10));
        Assert.InRange(Threads(), 0, threads + (Rounds / 10));
        Assert.InRange(Timer.ActiveCount, 0, timers + (Rounds / 10));

        // A task of a connection that goes on holds what it works on.
        for (var attempt = 0; attempt < 20 && Alive() > Rounds / 10; attempt++)
        {
            await Task.Delay(50, Token);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.True(requests.Count >= Rounds);
        Assert.InRange(Alive(), 0, Rounds / 10);

        Task Greet(HttpContext context)
        {
            lock (requests)
                requests.Add(new WeakReference(context));
            return context.Response.WriteAsync("hello");
        }

        async Task RoundAsync()
        {
            await server.StartAsync(Token).Soon();
            using (Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
            {
                await socket.ConnectAsync((IPEndPoint)server.LocalAddresses[0], Token);
                await using Stream stream = overTls ? new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false, (_, presented, _, _) => presented is not null) : new NetworkStream(socket);
                if (stream is SslStream tls)
                    await tls.AuthenticateAsClientAsync("localhost").Soon();
                await stream.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), Token);
                var answer = new byte[12];
                await stream.ReadExactlyAsync(answer, Token).AsTask().Soon();
                Assert.Equal("HTTP/1.1 200"u8.ToArray(), answer);
            }

            await server.StopAsync(Token).Soon();
        }

        int Alive() => requests.Count(request => request.IsAlive);
    }

    public void Dispose() => _directory.Dispose();

    private static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static int Threads()
    {
        using var self = Process.GetCurrentProcess();
        return self.Threads.Count;
    }
}
