using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using TacHost.Services.Networking;

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
        using var good = await Client.ConnectAsync(server.LocalAddresses[0]);
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

    [Theory]
    [InlineData("lines")]
    [InlineData("netstrings")]
    [InlineData("prefixed")]
    [InlineData("bytes")]
    public async Task Protocol_GarbageOfEveryLengthBeforeAndInTheMiddle_EndsThatConnectionOnly(string kind)
    {
        byte[] hello = kind switch
        {
            "netstrings" => [.. "5:hello,"u8],
            "prefixed" => [0, 0, 0, 5, .. "hello"u8],
            _ => [.. "hello\r\n"u8],
        };
        StreamServer server = new("tcp:0:interface=127.0.0.1", new FactoryOf(_ => kind switch
        {
            "lines" => new RecordingLines(maxLength: 20) { WhenLine = (protocol, line) => protocol.SendLine(line) },
            "netstrings" => new EchoNetstrings(),
            "prefixed" => new EchoPrefixed(),
            _ => new ProtocolOf { WhenReceived = (transport, data) => transport.Write(data) },
        }));
        await using var running = await RunningService.StartAsync(server);
        using Client good = await Client.ConnectAsync(server.LocalAddresses[0]), slow = await Client.ConnectAsync(server.LocalAddresses[0]);

        // One that takes for ever over what the others say at once.
        foreach (var one in hello[..^1])
        {
            await slow.SendAsync([one]);
            await EachLengthAsync(server, [], 40);
            await EachLengthAsync(server, [.. hello, .. hello], (2 * hello.Length) + 5);
            await AnswersAsync(good);
        }

        await slow.SendAsync(hello[^1..]);
        Assert.Equal(Encoding.Latin1.GetString(hello), await slow.ReadAsync(hello.Length));

        async Task AnswersAsync(Client client)
        {
            await client.SendAsync(hello);
            Assert.Equal(Encoding.Latin1.GetString(hello), await client.ReadAsync(hello.Length));
        }
    }

    [Fact]
    public async Task Tls_HandshakeOfSingleBytes_IsCutWhenItsTimeIsOver()
    {
        var (server, factory) = TlsEcho(TimeSpan.FromSeconds(1));
        await using var running = await RunningService.StartAsync(server);
        using var slow = await Client.ConnectAsync(server.LocalAddresses[0]);
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

    /// <summary>Sends the first bytes of something good and then garbage, for each length of both up to a limit (garbage alone, if there is nothing good), and waits for the end of each connection.</summary>
    private static Task EachLengthAsync(StreamServer server, byte[] good, int longest) =>
        Parallel.ForEachAsync(Enumerable.Range(0, longest + 1), new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = Token }, async (length, _) =>
        {
            using var bad = await Client.ConnectAsync(server.LocalAddresses[0]);
            try
            {
                await bad.SendAsync([.. good.AsSpan(0, Math.Min(length, good.Length)), .. Garbage(good.Length == 0 ? length : longest - length)]);
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
        var client = await Client.ConnectAsync(server.LocalAddresses[0]);
        var tls = new SslStream(client.Stream, leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        client.Stream = tls;
        await tls.AuthenticateAsClientAsync("localhost").Soon();
        await StillEchoesAsync(client);
        return client;
    }

    private sealed class EchoNetstrings : NetstringProtocol
    {
        public EchoNetstrings() => MaxLength = 20;

        protected override void StringReceived(ReadOnlySpan<byte> text) => SendString(text);
    }

    private sealed class EchoPrefixed : LengthPrefixedProtocol
    {
        public EchoPrefixed()
            : base(LengthPrefix.FourBytes) => MaxLength = 20;

        protected override void StringReceived(ReadOnlySpan<byte> text) => SendString(text);
    }
}
