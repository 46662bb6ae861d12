using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using TacHost.Services.Networking;
using TacHost.Services.Tests.Networking.Fakes;

namespace TacHost.Services.Tests.Networking;

/// <summary>What comes before a protocol, cut off and followed by garbage at every length: that connection ends, and nobody else notices.</summary>
public sealed class GarbageTests : IDisposable
{
    private const int AtATime = 20;

    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Proxy_HeaderCutAtEveryLength_EndsThatConnectionOnly(bool binary)
    {
        var header = binary ? BinaryHeader() : "PROXY TCP4 192.0.2.1 192.0.2.2 1000 80\r\n"u8.ToArray();
        RecordingFactory factory = RecordingFactory.Echo();
        StreamServer server = new("haproxy:tcp:0:interface=127.0.0.1", factory);
        await using var running = await RunningService.StartAsync(server);
        using var good = await Client.ConnectAsync(server.EndPoints[0]);
        await good.SendAsync(header);
        await factory.NextAsync();
        await EachLengthAsync(server, header, header.Length - 1);
        await StillEchoesAsync(good);
        Assert.True(binary || factory.HasNone);
    }

    [Fact]
    public async Task Tls_ClientHelloCutAtEveryLength_EndsThatConnectionOnly()
    {
        var (server, factory) = TlsEcho(TimeSpan.FromSeconds(60));
        await using var running = await RunningService.StartAsync(server);
        using var good = await GreetAsync(server);
        await factory.NextAsync();
        var hello = await ClientHelloAsync();
        await EachLengthAsync(server, hello, Math.Min(hello.Length - 1, 300));
        await StillEchoesAsync(good);
        Assert.True(factory.HasNone);
    }

    [Fact]
    public async Task Tls_GarbageInTheMiddle_LosesThatConnectionOnly()
    {
        var (server, factory) = TlsEcho(TimeSpan.FromSeconds(60));
        await using var running = await RunningService.StartAsync(server);
        using var good = await GreetAsync(server);
        await factory.NextAsync();
        for (var length = 1; length <= 60; length++)
        {
            using var bad = await GreetAsync(server);
            var protocol = await factory.NextAsync();
            await bad.Socket.SendAsync(Garbage(length), Token).AsTask().Soon();
            bad.Socket.Shutdown(SocketShutdown.Send);
            await protocol.Lost.Soon();
        }

        await StillEchoesAsync(good);
    }

    [Fact]
    public async Task Tls_HandshakeOfSingleBytes_IsCutWhenItsTimeIsOver()
    {
        var (server, factory) = TlsEcho(TimeSpan.FromSeconds(1));
        await using var running = await RunningService.StartAsync(server);
        using var slow = await Client.ConnectAsync(server.EndPoints[0]);
        var ended = slow.Socket.ReceiveAsync(new byte[1], Token).AsTask();
        using PeriodicTimer beat = new(TimeSpan.FromMilliseconds(50));

        // There is always one more byte, so that each wait for one is short.
        foreach (var one in (await ClientHelloAsync())[..^1].Concat(new byte[10_000]))
        {
            if (ended.IsCompleted)
                break;
            try
            {
                await slow.SendAsync([one]);
            }
            catch (IOException)
            {
                break;
            }

            await beat.WaitForNextTickAsync(Token);
        }

        await ended.ContinueWith(_ => { }, TaskScheduler.Default).Soon();
        Assert.Contains(running.Log.Lines, line => line.Text.Contains("it took longer than 1 s", StringComparison.Ordinal));
        Assert.True(factory.HasNone);
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>Sends the first bytes of something good and then garbage, for each length of both up to a limit, and waits for the end of each connection.</summary>
    private static Task EachLengthAsync(StreamServer server, byte[] good, int longest) =>
        Parallel.ForEachAsync(Enumerable.Range(0, longest + 1), new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = Token }, async (length, _) =>
        {
            using var bad = await Client.ConnectAsync(server.EndPoints[0]);
            try
            {
                await bad.SendAsync([.. good.AsSpan(0, length), .. Garbage(longest - length)]);
                bad.Socket.Shutdown(SocketShutdown.Send);
                await bad.ReadToEndAsync();
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // Closed with bytes that nobody had read.
            }
        });

    /// <summary>The same each time, and nothing that begins like a header or a record.</summary>
    private static byte[] Garbage(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)((i * 167) + 200))];

    private static async Task StillEchoesAsync(Client client)
    {
        await client.SendAsync("hello");
        Assert.Equal("hello", await client.ReadAsync(5));
    }

    private static byte[] BinaryHeader()
    {
        var ports = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(ports, 1000);
        BinaryPrimitives.WriteUInt16BigEndian(ports.AsSpan(2), 80);
        return [.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x21, 0x11, 0, 12, 192, 0, 2, 1, 192, 0, 2, 2, .. ports];
    }

    /// <summary>What a client of .NET says first, as it goes over the wire.</summary>
    private static async Task<byte[]> ClientHelloAsync()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var client = await Client.ConnectAsync(listener.LocalEndPoint!);
        using SslStream tls = new(client.Stream);
        var handshake = tls.AuthenticateAsClientAsync("localhost");
        using var accepted = await listener.AcceptAsync(Token).AsTask().Soon();
        using NetworkStream stream = new(accepted);
        var start = new byte[5];
        await stream.ReadExactlyAsync(start, Token).AsTask().Soon();
        var rest = new byte[BinaryPrimitives.ReadUInt16BigEndian(start.AsSpan(3))];
        await stream.ReadExactlyAsync(rest, Token).AsTask().Soon();
        accepted.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => handshake).Soon();
        return [.. start, .. rest];
    }

    private (TlsServer Server, RecordingFactory Factory) TlsEcho(TimeSpan handshakeTimeout)
    {
        var (certificate, key) = TestCertificates.WritePem(_directory, "localhost");
        var factory = RecordingFactory.Echo();
        return (new TlsServer(0, factory, new TlsOptions(TlsCertificate.FromPem(certificate, key)) { HandshakeTimeout = handshakeTimeout }, "127.0.0.1"), factory);
    }

    private static async Task<Client> GreetAsync(StreamServer server)
    {
        var client = await Client.ConnectAsync(server.EndPoints[0]);
        var tls = new SslStream(client.Stream, leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        client.Stream = tls;
        await tls.AuthenticateAsClientAsync("localhost").Soon();
        await StillEchoesAsync(client);
        return client;
    }
}
