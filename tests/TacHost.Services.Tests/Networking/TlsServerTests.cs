using System.Buffers.Binary;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

public sealed class TlsServerTests : IDisposable
{
    private const byte AlertRecord = 21;

    private static readonly byte[] _longPoem = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("I celebrate myself\n", 400_000)));

    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task StartAsync_PemFiles_ServesPlainBytesOverTls(SslProtocols version)
    {
        var factory = RecordingFactory.Echo();
        var server = Server(factory, Pem("localhost"));
        await using var running = await RunningService.StartAsync(server);
        using var client = await ConnectAsync(server, "localhost", version);
        Assert.Equal("CN=localhost", Tls(client).RemoteCertificate!.Subject);

        await client.SendAsync("hello");
        Assert.Equal("hello", await client.ReadAsync(5));
        await (await factory.NextAsync()).ReceivedAsync("hello");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("secret")]
    public async Task StartAsync_PfxFile_Serves(string? password)
    {
        var server = Server(RecordingFactory.Echo(), TlsCertificate.FromPfx(TestCertificates.WritePfx(_directory, "localhost", password), password));
        await using var running = await RunningService.StartAsync(server);
        using var client = await ConnectAsync(server, "localhost");
        Assert.Equal("CN=localhost", Tls(client).RemoteCertificate!.Subject);
    }

    [Fact]
    public async Task StartAsync_SelfSigned_ServesWithTheCertificateThatTheLogTells()
    {
        var server = Server(RecordingFactory.Echo(), TlsCertificate.SelfSigned("localhost", "127.0.0.1"));
        await using var running = await RunningService.StartAsync(server);
        using var client = await ConnectAsync(server, "localhost");
        using X509Certificate2 certificate = new(Tls(client).RemoteCertificate!);
        Assert.Equal("CN=localhost", certificate.Subject);
        Assert.True(certificate.MatchesHostname("localhost") && certificate.MatchesHostname("127.0.0.1") && !certificate.MatchesHostname("example.org"));
        Assert.Contains(running.Log.Lines, line => line.Text.Contains($"(SHA-256 {certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256)})", StringComparison.Ordinal));
        await client.SendAsync("hello");
        Assert.Equal("hello", await client.ReadAsync(5));
    }

    [Fact]
    public async Task StartAsync_Endpoint_Serves()
    {
        var (certificate, key) = TestCertificates.WritePem(_directory, "localhost");
        StreamServer server = new($"tls:0:certificate={certificate}:key={key}:interface=127.0.0.1", RecordingFactory.Echo());
        await using var running = await RunningService.StartAsync(server);
        using var client = await ConnectAsync(server, "localhost");
        await client.SendAsync("hello");
        Assert.Equal("hello", await client.ReadAsync(5));
    }

    [Theory]
    [InlineData("a.example.org", "CN=a.example.org")]
    [InlineData("A.EXAMPLE.ORG", "CN=a.example.org")]
    [InlineData("b.example.org", "CN=wild")]
    [InlineData("c.b.example.org", "CN=localhost")]
    [InlineData("elsewhere", "CN=localhost")]
    public async Task HostCertificates_NamedHost_GetsItsCertificate(string host, string subject)
    {
        TlsServer server = new(0, RecordingFactory.Echo(), new TlsOptions(Pem("localhost"))
        {
            HostCertificates = new Dictionary<string, TlsCertificate> { ["a.example.org"] = Pem("a.example.org"), ["*.example.org"] = Pem("wild") },
        }, "127.0.0.1");
        await using var running = await RunningService.StartAsync(server);
        using var client = await ConnectAsync(server, host);
        Assert.Equal(subject, Tls(client).RemoteCertificate!.Subject);
    }

    [Fact]
    public async Task LoseConnection_LongPoem_ArrivesWholeWithCloseNotify()
    {
        var server = Server(RecordingFactory.Saying(_longPoem), Pem("localhost"));
        await using var running = await RunningService.StartAsync(server);
        using var client = await ConnectAsync(server, "localhost");
        await client.SendAsync("chatter");
        Assert.Equal(_longPoem, await client.ReadToEndAsync());
    }

    [Fact]
    public async Task LoseConnection_NothingWritten_SaysCloseNotify()
    {
        RecordingFactory factory = new() { WhenMade = protocol => protocol.Transport.LoseConnection() };
        var server = Server(factory, Pem("localhost"));
        await using var running = await RunningService.StartAsync(server);
        using var client = await Client.ConnectAsync(server.LocalAddresses[0]);

        // An alert is a record of its own type in TLS 1.2, and can be seen from outside.
        RecordingStream seen = new(client.Stream);
        client.Stream = new SslStream(seen, false, (_, certificate, _, _) => certificate is not null);
        await Tls(client).AuthenticateAsClientAsync(Options("localhost", SslProtocols.Tls12), Token).Soon();
        Assert.Empty(await client.ReadToEndAsync());
        Assert.Equal(AlertRecord, TypeOfLastRecord(seen.Received));
        client.Dispose();
        Assert.Null(await (await factory.NextAsync()).Lost.Soon());
    }

    [Fact]
    public async Task Receive_RecordsCutIntoBytes_AreReceivedWhole()
    {
        RecordingFactory factory = new();
        var server = Server(factory, Pem("localhost"));
        await using var running = await RunningService.StartAsync(server);
        using var client = await Client.ConnectAsync(server.LocalAddresses[0]);
        client.Socket.NoDelay = true;
        client.Stream = new SslStream(new DribblingStream(client.Stream), false, (_, certificate, _, _) => certificate is not null);
        await Tls(client).AuthenticateAsClientAsync(Options("localhost", SslProtocols.Tls13), Token).Soon();
        for (var i = 0; i < 20; i++)
            await client.SendAsync($"line {i}\n");
        await (await factory.NextAsync()).ReceivedAsync("line 19\n");
    }

    [Fact]
    public async Task Receive_EndWithoutCloseNotify_LosesTheConnection()
    {
        RecordingFactory factory = new();
        var server = Server(factory, Pem("localhost"));
        await using var running = await RunningService.StartAsync(server);
        using var client = await ConnectAsync(server, "localhost");
        var protocol = await factory.NextAsync();
        client.Socket.Close();
        await protocol.Lost.Soon();
    }

    /// <summary>Closing a socket with something unread in it is a reset, which drops what has not been sent yet; and a client that only sends never reads the tickets of TLS 1.3.</summary>
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Receive_ClientOnlySendsAndCloses_LosesNothing(SslProtocols version)
    {
        var upload = new byte[150_000];
        RecordingFactory factory = new() { WhenMade = protocol => protocol.Transport.PauseReading() };
        var server = Server(factory, Pem("localhost"));
        await using var running = await RunningService.StartAsync(server);
        using var client = await ConnectAsync(server, "localhost", version);
        var protocol = await factory.NextAsync();
        client.Socket.SendBufferSize = 2 * upload.Length;
        await client.Stream.WriteAsync(upload, Token).AsTask().Soon();
        client.Socket.Close();
        protocol.Transport.ResumeReading();
        await protocol.Lost.Soon();
        Assert.Equal(upload.Length, protocol.Received.Length);
    }

    [Fact]
    public async Task Handshake_NeverEnds_IsCutAndDisturbsNobody()
    {
        TlsServer server = new(0, RecordingFactory.Echo(), new TlsOptions(Pem("localhost")) { HandshakeTimeout = TimeSpan.FromSeconds(1) }, "127.0.0.1");
        await using var running = await RunningService.StartAsync(server);
        using var silent = await Client.ConnectAsync(server.LocalAddresses[0]);
        using var partial = await Client.ConnectAsync(server.LocalAddresses[0]);
        await partial.SendAsync([0x16, 0x03, 0x01, 0x02]);
        using (var client = await ConnectAsync(server, "localhost"))
        {
            await client.SendAsync("hello");
            Assert.Equal("hello", await client.ReadAsync(5));
        }

        Assert.Equal(0, await silent.Socket.ReceiveAsync(new byte[1], Token).AsTask().Soon());
        Assert.Equal(0, await partial.Socket.ReceiveAsync(new byte[1], Token).AsTask().Soon());
        Assert.Contains(running.Log.Lines, line => line.Text.Contains("ended before it was served: it took longer than 1 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Handshake_Garbage_ClosesThatConnectionOnly()
    {
        RecordingFactory factory = new();
        var server = Server(factory, Pem("localhost"));
        await using var running = await RunningService.StartAsync(server);
        using var garbage = await Client.ConnectAsync(server.LocalAddresses[0]);
        await garbage.SendAsync("GET / HTTP/1.1\r\n\r\n");
        await Assert.ThrowsAnyAsync<Exception>(() => ReadUntilClosedAsync(garbage));
        using var client = await ConnectAsync(server, "localhost");
        await factory.NextAsync();
        Assert.True(factory.HasNone);
    }

    [Fact]
    public async Task Handshake_Tls11_IsRefused()
    {
        var server = Server(RecordingFactory.Echo(), Pem("localhost"));
        await using var running = await RunningService.StartAsync(server);
        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(server, "localhost", (SslProtocols)768));
    }

    [Fact]
    public async Task Files_Replaced_NewConnectionsGetThemAndOldOnesGoOn()
    {
        var file = TestCertificates.WritePfx(_directory, "old", null);
        var server = Server(RecordingFactory.Echo(), TlsCertificate.FromPfx(file));
        await using var running = await RunningService.StartAsync(server);
        using var old = await ConnectAsync(server, "localhost");
        File.Move(TestCertificates.WritePfx(_directory, "new-and-longer", null), file, overwrite: true);

        using var client = await ConnectAsync(server, "localhost");
        Assert.Equal("CN=new-and-longer", Tls(client).RemoteCertificate!.Subject);
        await old.SendAsync("hello");
        Assert.Equal("hello", await old.ReadAsync(5));
    }

    [Fact]
    public async Task Files_ReplacedByGarbage_KeepsTheOldCertificateAndSaysSoOnce()
    {
        var file = TestCertificates.WritePfx(_directory, "old", null);
        var server = Server(RecordingFactory.Echo(), TlsCertificate.FromPfx(file));
        await using var running = await RunningService.StartAsync(server);
        await File.WriteAllTextAsync(file, "garbage", Token);
        for (var i = 0; i < 2; i++)
        {
            using var client = await ConnectAsync(server, "localhost");
            Assert.Equal("CN=old", Tls(client).RemoteCertificate!.Subject);
        }

        Assert.Single(running.Log.Lines, line => line.Text.Contains("cannot be read; the one before stays in use", StringComparison.Ordinal));
    }

    [Fact]
    public async Task StartAsync_CertificateMissing_NamesIt()
    {
        var server = Server(new RecordingFactory(), TlsCertificate.FromPem(_directory["none.pem"], _directory["none.key"]));
        var failure = await Assert.ThrowsAsync<CannotListenException>(() => server.StartAsync(Token));
        Assert.Contains($"the certificate '{_directory["none.pem"]}' with the key '{_directory["none.key"]}' cannot be read", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_KeyOfAnother_IsRefused()
    {
        var (certificate, _) = TestCertificates.WritePem(_directory, "a");
        var (_, key) = TestCertificates.WritePem(_directory, "b");
        await Assert.ThrowsAsync<CannotListenException>(() => Server(new RecordingFactory(), TlsCertificate.FromPem(certificate, key)).StartAsync(Token));
    }

    [Fact]
    public async Task StopAsync_HandshakeUnderWay_EndsWithTheGracePeriod()
    {
        var server = Server(new RecordingFactory(), Pem("localhost"));
        await using var running = await RunningService.StartAsync(server);
        using var silent = await Client.ConnectAsync(server.LocalAddresses[0]);
        using CancellationTokenSource grace = new(TimeSpan.FromMilliseconds(100));
        await server.StopAsync(grace.Token).Soon();
        Assert.Equal(ServiceState.Stopped, server.State);
    }

    public void Dispose() => _directory.Dispose();

    private static TlsServer Server(ServerFactory factory, TlsCertificate certificate) => new(0, factory, new TlsOptions(certificate), "127.0.0.1");

    private static SslStream Tls(Client client) => (SslStream)client.Stream;

    private static SslClientAuthenticationOptions Options(string host, SslProtocols version) =>
        new() { TargetHost = host, EnabledSslProtocols = version, CertificateRevocationCheckMode = X509RevocationMode.NoCheck };

    private static async Task<Client> ConnectAsync(StreamServer server, string host, SslProtocols version = SslProtocols.None)
    {
        var client = await Client.ConnectAsync(server.LocalAddresses[0]);
        client.Stream = new SslStream(client.Stream, leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        await Tls(client).AuthenticateAsClientAsync(Options(host, version), Token).Soon();
        return client;
    }

    private static byte TypeOfLastRecord(byte[] bytes)
    {
        var start = 0;
        while (true)
        {
            var next = start + 5 + BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(start + 3));
            if (next >= bytes.Length)
                return bytes[start];
            start = next;
        }
    }

    private static async Task ReadUntilClosedAsync(Client client)
    {
        await client.ReadToEndAsync();
        throw new EndOfStreamException();
    }

    private TlsCertificate Pem(string host)
    {
        var (certificate, key) = TestCertificates.WritePem(_directory, host);
        return TlsCertificate.FromPem(certificate, key);
    }
}
