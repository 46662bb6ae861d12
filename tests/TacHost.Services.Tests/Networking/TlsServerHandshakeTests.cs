using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging.Abstractions;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

public sealed class TlsServerHandshakeTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task AuthenticateAsync_AClientThatOnlySends_HasNothingUnreadToReset(SslProtocols protocol)
    {
        var (socket, ours) = await ConnectAsync();
        using SslStream client = new(new NetworkStream(socket, ownsSocket: true), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        var shaking = client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = protocol }, TestContext.Current.CancellationToken);
        await using var server = await Handshake().AuthenticateAsync(ours, TestContext.Current.CancellationToken).Soon();
        await shaking.Soon();
        Assert.Equal(0, socket.Available);

        await client.WriteAsync("up"u8.ToArray(), TestContext.Current.CancellationToken);
        var buffer = new byte[16];
        Assert.Equal(2, await server.ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask().Soon());
        Assert.Equal(0, socket.Available);

        await server.WriteAsync("down"u8.ToArray(), TestContext.Current.CancellationToken);
        await server.ShutdownAsync();
        Assert.Equal(4, await client.ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask().Soon());
        Assert.Equal(0, await client.ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask().Soon());
    }

    [Fact]
    public async Task AuthenticateAsync_AClientThatIsTooOld_IsToldSoByAnAlert()
    {
        var (socket, ours) = await ConnectAsync();
        using (socket)
        {
            // A ClientHello of TLS 1.0 (RFC 2246 section 7.4.1.2) with one cipher suite.
            await socket.SendAsync((byte[])[0x16, 3, 1, 0, 45, 1, 0, 0, 41, 3, 1, .. new byte[32], 0, 0, 2, 0, 0x2F, 1, 0]);
            await Assert.ThrowsAsync<IOException>(() => Handshake().AuthenticateAsync(ours, TestContext.Current.CancellationToken).Soon());
            var buffer = new byte[16];
            Assert.InRange(await socket.ReceiveAsync(buffer).Soon(), 1, 16);
            Assert.Equal(21, buffer[0]); // RFC 8446 section 5.1: alert
        }
    }

    public void Dispose() => _directory.Dispose();

    private TlsServerHandshake Handshake()
    {
        var (certificate, key) = TestCertificates.WritePem(_directory, "localhost");
        return new TlsServerHandshake(new TlsOptions(TlsCertificate.FromPem(certificate, key)), "test", NullLogger.Instance);
    }

    private static async Task<(Socket Client, NetworkStream Server)> ConnectAsync()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Socket client = new(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndpoint).Soon();
        return (client, new NetworkStream(await listener.AcceptSocketAsync().Soon(), ownsSocket: true));
    }
}
