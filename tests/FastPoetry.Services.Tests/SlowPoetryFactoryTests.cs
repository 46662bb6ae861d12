using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using TacHost.Services;
using TacHost.Services.Networking;

namespace FastPoetry.Services.Tests;

[Collection<AloneCollection>]
public sealed class SlowPoetryFactoryTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly TemporaryFile _file = new("Line one,\nline two.\n"u8.ToArray());
    private RunningService? _running;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ConnectionMade_TimePasses_SendsSomeBytesAtEachTick()
    {
        var server = await StartAsync(numBytes: 8);
        using var client = await ConnectAsync(server);
        Assert.Equal("Line one", await ReadAsync(client, 8));
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(0, client.Available);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(",\nline t", await ReadAsync(client, 8));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("wo.\n", await ReadAsync(client, 8));
    }

    [Fact]
    public async Task ConnectionMade_TwoThousandClients_AreServedWithoutAThreadEach()
    {
        const int clients = 2_000;
        var server = await StartAsync(numBytes: 8);
        var before = Threads();
        List<Socket> sockets = [];
        try
        {
            for (var i = 0; i < clients; i++)
                sockets.Add(await ConnectAsync(server));
            foreach (var part in (string[])["Line one", ",\nline t", "wo.\n"])
            {
                foreach (var socket in sockets)
                    Assert.Equal(part, await ReadAsync(socket, 8));
                Assert.InRange(Threads() - before, -100, 50);
                _clock.Advance(TimeSpan.FromSeconds(1));
            }
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task Tick_ClientThatDoesNotRead_IsPassedOverAndTheOthersAreServed()
    {
        await File.WriteAllBytesAsync(_file.Path, new byte[100_000_000], Token);
        var server = await StartAsync(numBytes: 10_000_000);
        using var silent = await ConnectAsync(server);
        using var client = await ConnectAsync(server);
        for (var tick = 0; tick < 10; tick++)
        {
            Assert.Equal(10_000_000, (await ReadAsync(client, 10_000_000)).Length);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal("", await ReadAsync(client, 1));

        // It misses nothing by it, and at most two pieces were piled up for it: the next comes only as time passes.
        Assert.Equal(20_000_000, (await ReadAsync(silent, 20_000_000)).Length);
        Assert.False(silent.Poll(TimeSpan.FromMilliseconds(100), SelectMode.SelectRead));
        for (var piece = 2; piece < 10; piece++)
        {
            // The server may still be about to learn that it has sent everything.
            for (var tick = 0; tick < 1_000 && !silent.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectRead); tick++)
                _clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(10_000_000, (await ReadAsync(silent, 10_000_000)).Length);
        }
    }

    [Theory]
    [InlineData(0, 1000)]
    [InlineData(-1, 1000)]
    [InlineData(1, 0)]
    public void Constructor_ImpossibleFigures_AreRefused(int numBytes, int delay) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SlowPoetryFactory(new PoetryService("poem")) { NumBytes = numBytes, Delay = TimeSpan.FromMilliseconds(delay) });

    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
            await _running.DisposeAsync();
        _file.Dispose();
    }

    private static int Threads()
    {
        using var process = Process.GetCurrentProcess();
        return process.Threads.Count;
    }

    private async Task<TcpServer> StartAsync(int numBytes)
    {
        PoetryService poetry = new(_file.Path);
        TcpServer server = new(0, new SlowPoetryFactory(poetry) { NumBytes = numBytes, Delay = TimeSpan.FromSeconds(1), TimeProvider = _clock }, "127.0.0.1");
        MultiService both = new();
        poetry.SetServiceParent(both);
        server.SetServiceParent(both);
        _running = await RunningService.StartAsync(both);
        return server;
    }

    private static async Task<Socket> ConnectAsync(TcpServer server)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.LocalAddresses[0], Token).AsTask().Soon();
        return socket;
    }

    /// <summary>Reads so many bytes, or up to the end.</summary>
    private static async Task<string> ReadAsync(Socket socket, int count)
    {
        var buffer = new byte[count];
        var length = 0;
        while (length < count && await socket.ReceiveAsync(buffer.AsMemory(length), Token).AsTask().Soon() is > 0 and var more)
            length += more;
        return Encoding.ASCII.GetString(buffer, 0, length);
    }
}
