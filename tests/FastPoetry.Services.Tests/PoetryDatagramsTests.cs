using System.Net;
using System.Net.Sockets;
using System.Text;
using FastPoetry.Services.Datagrams;
using TacHost.Services;
using TacHost.Services.Networking;

namespace FastPoetry.Services.Tests;

public sealed class PoetryDatagramsTests : IAsyncDisposable
{
    private static readonly byte[] _poem = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, 2_000).Select(line => $"Line {line} of a long poem\n")));

    private readonly TemporaryFile _file = new(_poem);
    private readonly PoetryService _poetry;
    private readonly UdpServer _server;
    private RunningService? _running;

    public PoetryDatagramsTests()
    {
        _poetry = new PoetryService(_file.Path);
        _server = new UdpServer(0, new PoetryDatagrams(_poetry), "127.0.0.1");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(400, 1)]
    [InlineData(799, 2)]
    [InlineData(1_200, 3)]
    [InlineData(12_000, 30)]
    [InlineData(60_000, 32)]
    public async Task DatagramReceived_RequestOfAnyLength_IsAnsweredByAtMostThreeTimesThat(int length, int answers)
    {
        using var client = await ConnectAsync();
        await client.SendAsync(new PoemRequest(null, 0).ToDatagram(length), Token);
        var (next, bytes) = (0, 0);
        for (var i = 0; i < answers; i++)
        {
            var answer = await client.ReceiveAsync(Token).AsTask().Soon();
            Assert.InRange(answer.Buffer.Length, 1, PoetryDatagrams.LongestAnswer);
            Assert.True(PoemFragment.TryParse(answer.Buffer, out var fragment, out var piece));
            Assert.Equal(new PoemFragment("poem", next, _poem.Length, _poetry.Poems[0].Edition), fragment);
            Assert.True(piece.SequenceEqual(_poem.AsSpan(next, piece.Length)));
            next += piece.Length;
            bytes += answer.Buffer.Length;
        }

        Assert.InRange(bytes, 1, 3 * length);
        await NothingMoreAsync(client);
    }

    [Fact]
    public async Task DatagramReceived_ShortOrBrokenOrAnAnswer_IsNotAnswered()
    {
        using var client = await ConnectAsync();
        await client.SendAsync(new PoemRequest(null, 0).ToDatagram(PoetryDatagrams.ShortestRequest - 1), Token);
        await client.SendAsync(new byte[2_000], Token);
        await client.SendAsync(Encoding.ASCII.GetBytes(new NoSuchPoem("x").ToLine().PadRight(1_000)), Token);
        await client.SendAsync(Encoding.ASCII.GetBytes(new PoemFragment("x", 0, 2_000, "1").ToLine().PadRight(1_000)), Token);
        await NothingMoreAsync(client);
    }

    [Fact]
    public async Task DatagramReceived_AtOrBeyondTheEnd_TellsTheLength()
    {
        using var client = await ConnectAsync();
        foreach (var offset in (int[])[_poem.Length, int.MaxValue])
        {
            await client.SendAsync(new PoemRequest("poem", offset).ToDatagram(400), Token);
            var answer = await client.ReceiveAsync(Token).AsTask().Soon();
            Assert.True(PoemFragment.TryParse(answer.Buffer, out var fragment, out _));
            Assert.Equal((_poem.Length, _poem.Length), (fragment.Offset, fragment.Length));
        }
    }

    [Fact]
    public async Task FetchAsync_LongPoem_IsWhole()
    {
        using var client = await ConnectAsync();
        Assert.Equal(_poem, await DatagramPoetryClient.FetchAsync(_server.LocalAddresses[0], cancellationToken: Token).Soon());
        Assert.Equal(_poem, await DatagramPoetryClient.FetchAsync(_server.LocalAddresses[0], "poem", cancellationToken: Token).Soon());
    }

    [Fact]
    public async Task FetchAsync_EveryThirdDatagramLostAndTwoSwapped_IsWhole()
    {
        using var client = await ConnectAsync();
        UnreliableNetwork network = new(_server.LocalAddresses[0]);
        UdpServer between = new(0, network, "127.0.0.1");
        await using var running = await RunningService.StartAsync(between);
        var poem = await DatagramPoetryClient.FetchAsync(between.LocalAddresses[0], attempt: TimeSpan.FromMilliseconds(50), cancellationToken: Token).Soon();
        Assert.Equal(_poem, poem);
        Assert.InRange(network.Lost, 1, int.MaxValue);
    }

    [Fact]
    public async Task FetchAsync_NoSuchPoemOrTooLongOrNobodyThere_SaysSo()
    {
        using var client = await ConnectAsync();
        var server = _server.LocalAddresses[0];
        var failure = await Assert.ThrowsAsync<PoetryException>(() => DatagramPoetryClient.FetchAsync(server, "no such\npoem", cancellationToken: Token).Soon());
        Assert.Equal($"No poem was received from udp:{server}: it has no poem 'no such\npoem'.", failure.Message);
        failure = await Assert.ThrowsAsync<PoetryException>(() => DatagramPoetryClient.FetchAsync(server, longest: 100, cancellationToken: Token).Soon());
        Assert.Contains("more than the accepted 100", failure.Message, StringComparison.Ordinal);
        await _running!.DisposeAsync();
        failure = await Assert.ThrowsAsync<PoetryException>(() => DatagramPoetryClient.FetchAsync(server, attempt: TimeSpan.FromMilliseconds(5), cancellationToken: Token).Soon());
        Assert.StartsWith($"No poem was received from udp:{server}: ", failure.Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_running is not null)
            await _running.DisposeAsync();
        _file.Dispose();
    }

    private async Task<UdpClient> ConnectAsync()
    {
        MultiService both = new();
        _poetry.SetServiceParent(both);
        _server.SetServiceParent(both);
        _running = await RunningService.StartAsync(both);
        UdpClient client = new(AddressFamily.InterNetwork);
        client.Client.ReceiveBufferSize = 1_000_000;
        client.Connect(_server.LocalAddresses[0]);
        return client;
    }

    /// <summary>The server answers one after another, so an answer to this is the next, unless there was one before.</summary>
    private static async Task NothingMoreAsync(UdpClient client)
    {
        await client.SendAsync(new PoemRequest("end", 0).ToDatagram(400), Token);
        var answer = await client.ReceiveAsync(Token).AsTask().Soon();
        Assert.True(NoSuchPoem.TryParse(answer.Buffer, out var none), Encoding.ASCII.GetString(answer.Buffer));
        Assert.Equal("end", none.Name);
    }

    /// <summary>Passes datagrams on to a server and back, some of the answers not at all and some in another order.</summary>
    private sealed class UnreliableNetwork(IPEndPoint server) : DatagramProtocol
    {
        private EndPoint? _client;
        private byte[]? _late;
        private int _answers;

        public int Lost { get; private set; }

        protected override void DatagramReceived(ReadOnlySpan<byte> data, EndPoint endPoint)
        {
            if (!endPoint.Equals(server))
            {
                _client = endPoint;
                Transport.Write(data, server);
                return;
            }

            switch (_answers++ % 3)
            {
                case 0:
                    _late = data.ToArray();
                    break;
                case 1:
                    Transport.Write(data, _client!);
                    Transport.Write(_late, _client!);
                    break;
                default:
                    Lost++;
                    break;
            }
        }
    }
}
