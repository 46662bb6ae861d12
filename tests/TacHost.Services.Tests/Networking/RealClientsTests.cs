using System.Diagnostics;
using System.Globalization;
using System.Net;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

public sealed class RealClientsTests : IAsyncDisposable
{
    private const string Poem = "I celebrate myself, and sing myself,\nAnd what I assume you shall assume.\n";

    private readonly TemporaryDirectory _directory = new();
    private readonly List<RunningService> _running = [];

    private static RecordingFactory Poet => RecordingFactory.Saying(System.Text.Encoding.UTF8.GetBytes(Poem));

    [Fact]
    public async Task TcpServer_Ncat_GetsThePoem()
    {
        var port = await StartAsync("tcp:0:interface=127.0.0.1", Poet);
        Assert.Equal(Poem, await RealClient.RunAsync("ncat", "", "127.0.0.1", port));
    }

    [Fact]
    public async Task TcpServer_PythonHalfClose_GetsTheEcho()
    {
        var port = await StartAsync("tcp:0:interface=127.0.0.1", RecordingFactory.Echo());
        const string script = "import socket,sys; s=socket.create_connection(('127.0.0.1',int(sys.argv[1]))); s.sendall(b'x'*1000000); s.shutdown(socket.SHUT_WR); print(sum(len(b) for b in iter(lambda: s.recv(65536), b'')))";
        Assert.Equal("1000000\n", await RealClient.RunAsync("python3", "", "-c", script, port));
    }

    [Fact]
    public async Task TlsServer_Ncat_GetsThePoem()
    {
        var port = await StartAsync(TlsEndpoint("localhost"), Poet);
        Assert.Equal(Poem, await RealClient.RunAsync("ncat", "", "--ssl", "127.0.0.1", port));
    }

    [Theory]
    [InlineData("-tls1_2", "TLSv1.2")]
    [InlineData("-tls1_3", "TLSv1.3")]
    public async Task TlsServer_OpenSsl_VerifiesAndGetsThePoem(string option, string version)
    {
        var port = await StartAsync(TlsEndpoint("localhost"), Poet);
        var output = await RealClient.RunAsync("openssl", "", "s_client", option, "-connect", $"127.0.0.1:{port}", "-servername", "localhost", "-CAfile", _directory["localhost.pem"], "-verify_return_error", "-ign_eof");
        Assert.Contains(Poem, output, StringComparison.Ordinal);
        Assert.Contains("Verify return code: 0 (ok)", output, StringComparison.Ordinal);
        Assert.Contains(version, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TlsServer_OpenSslWithTls11_IsRefused()
    {
        RecordingFactory factory = new();
        var port = await StartAsync(TlsEndpoint("localhost"), factory);
        await RealClient.RunAsync("openssl", "", "s_client", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0", "-connect", $"127.0.0.1:{port}");
        Assert.True(factory.HasNone);
    }

    [Theory]
    [InlineData("--haproxy-protocol")]
    [InlineData("--http1.1")]
    public async Task ProxiedServer_Curl_IsServedWithTheHeaderOnly(string option)
    {
        RecordingFactory factory = new()
        {
            WhenReceived = (protocol, _) =>
            {
                protocol.Transport.Write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\npoem"u8.ToArray());
                protocol.Transport.LoseConnection();
            },
        };
        var port = await StartAsync("haproxy:tcp:0:interface=127.0.0.1", factory);
        Assert.Equal(option == "--haproxy-protocol" ? "poem" : "", await RealClient.RunAsync("curl", "", "-s", option, $"http://127.0.0.1:{port}/"));
    }

    [Fact]
    public async Task ProxiedTlsServer_Curl_GetsThePage()
    {
        RecordingFactory factory = new()
        {
            WhenReceived = (protocol, _) =>
            {
                protocol.Transport.Write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\npoem"u8.ToArray());
                protocol.Transport.LoseConnection();
            },
        };
        var port = await StartAsync($"haproxy:{TlsEndpoint("localhost")}", factory);
        Assert.Equal("poem", await RealClient.RunAsync("curl", "", "-s", "--haproxy-protocol", "--cacert", _directory["localhost.pem"], "--resolve", $"localhost:{port}:127.0.0.1", $"https://localhost:{port}/"));
    }

    [Fact]
    public async Task UnixServer_Socat_GetsTheEcho()
    {
        await using var running = await RunningService.StartAsync(new UnixServer(_directory["poetry.sock"], RecordingFactory.Echo()));
        Assert.Equal("hello", await RealClient.RunAsync("socat", "hello", "-t5", "-", $"UNIX-CONNECT:{_directory["poetry.sock"]}"));
    }

    [Fact]
    public async Task UdpServer_Socat_GetsTheEcho()
    {
        UdpServer server = new(0, RecordingDatagrams.Echo(), "127.0.0.1");
        await using var running = await RunningService.StartAsync(server);
        Assert.Equal("hello", await RealClient.RunAsync("socat", "hello", "-t0.5", "-", $"UDP:127.0.0.1:{server.LocalAddresses[0].Port}"));
    }

    [Fact]
    public async Task UnixDatagramServer_Socat_IsHeard()
    {
        RecordingDatagrams protocol = new();
        await using var running = await RunningService.StartAsync(new UnixDatagramServer(_directory["log.sock"], protocol));
        await RealClient.RunAsync("socat", "hello", "-u", "-", $"UNIX-SENDTO:{_directory["log.sock"]}");
        Assert.Equal("hello", (await protocol.NextAsync()).Text);
    }

    [Fact]
    public async Task UnixServer_SocatThatListensThere_IsNamed()
    {
        using var socat = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"command -v socat >/dev/null || exit 9; exec socat -dd UNIX-LISTEN:{_directory["taken.sock"]},fork EXEC:/bin/true"]) { RedirectStandardError = true })!;
        try
        {
            while (await socat.StandardError.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Soon() is { } line && !line.Contains("listening on", StringComparison.Ordinal))
            {
                // What it says before it listens.
            }

            Assert.SkipWhen(socat.HasExited && socat.ExitCode == 9, "socat is not installed");
            UnixServer server = new(_directory["taken.sock"], new RecordingFactory());
            var failure = await Assert.ThrowsAsync<CannotListenException>(() => server.StartAsync(TestContext.Current.CancellationToken));
            Assert.Contains($"because process {socat.Id} (socat ", failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            socat.Kill();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var running in _running)
            await running.DisposeAsync();
        _directory.Dispose();
    }

    private async Task<string> StartAsync(string endpoint, ServerFactory factory)
    {
        StreamServer server = new(endpoint, factory);
        _running.Add(await RunningService.StartAsync(server));
        return ((IPEndPoint)server.LocalAddresses[0]).Port.ToString(CultureInfo.InvariantCulture);
    }

    private string TlsEndpoint(string host)
    {
        var (certificate, key) = TestCertificates.WritePem(_directory, host);
        return $"tls:0:certificate={certificate}:key={key}:interface=127.0.0.1";
    }
}
