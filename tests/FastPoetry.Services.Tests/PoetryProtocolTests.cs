using System.Net;
using System.Net.Sockets;
using TacHost.Services;
using TacHost.Services.Networking;

namespace FastPoetry.Services.Tests;

public sealed class PoetryProtocolTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(3_003)]
    [InlineData(5_000_000)]
    public async Task ConnectionMade_PoemOfAnySize_SendsItAllAndCloses(int size)
    {
        var poem = new byte[size];
        new Random(1).NextBytes(poem);
        using var file = new TemporaryFile(poem);
        await using var server = await PoetryServer.StartAsync(file.Path);
        var poems = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ReadAsync(server.EndPoint))).WaitAsync(Bounded.Patience, Token);
        Assert.All(poems, each => Assert.True(poem.AsSpan().SequenceEqual(each)));
    }

    [Fact]
    public async Task ConnectionMade_PoetryServiceStopped_AbortsThatConnectionOnly()
    {
        using var file = new TemporaryFile("poem"u8.ToArray());
        await using var server = await PoetryServer.StartAsync(file.Path);
        await server.Poetry.StopAsync(Token);
        await Assert.ThrowsAsync<SocketException>(() => ReadAsync(server.EndPoint));
        await server.Poetry.StartAsync(Token);
        Assert.Equal("poem"u8.ToArray(), await ReadAsync(server.EndPoint));
    }

    private static async Task<byte[]> ReadAsync(IPEndPoint endPoint)
    {
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endPoint, Token).AsTask().WaitAsync(Bounded.Patience, Token);
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await socket.ReceiveAsync(buffer, SocketFlags.None, Token).AsTask().WaitAsync(Bounded.Patience, Token) is > 0 and var count)
            all.Write(buffer, 0, count);
        return all.ToArray();
    }

    /// <summary>The tree of the tutorial's tac file, on a port of the system's choice.</summary>
    private sealed class PoetryServer : IAsyncDisposable
    {
        private readonly Application _application = new("fastpoetry");
        private readonly TcpServer _tcp;

        private PoetryServer(string poem)
        {
            Poetry = new PoetryService(poem);
            _tcp = new TcpServer(0, new PoetryFactory(Poetry), "127.0.0.1");
            Poetry.SetServiceParent(_application);
            _tcp.SetServiceParent(_application);
        }

        public PoetryService Poetry { get; }

        public IPEndPoint EndPoint => _tcp.LocalAddresses[0];

        public static async Task<PoetryServer> StartAsync(string poem)
        {
            var server = new PoetryServer(poem);
            await server._application.StartAsync(Token);
            return server;
        }

        public async ValueTask DisposeAsync() => await _application.StopAsync(CancellationToken.None).WaitAsync(Bounded.Patience, CancellationToken.None);
    }
}
