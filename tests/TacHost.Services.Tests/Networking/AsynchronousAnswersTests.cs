using System.Text;
using Microsoft.Extensions.Logging;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

public sealed class AsynchronousAnswersTests
{
    public static TheoryData<string, string, string> Kinds => new()
    {
        { nameof(SlowLines), "1\n2\r\n3\n", "1\r\n2\r\n3\r\n" },
        { nameof(SlowNetstrings), "1:1,1:2,1:3,", "1:1,1:2,1:3," },
        { nameof(SlowPrefixed), "\u00011\u00012\u00013", "\u00011\u00012\u00013" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Received_ThreeRequestsAtOnce_AreAnsweredOneAfterAnotherInOrder(string kind, string requests, string answers)
    {
        Answers pace = new();
        await using var server = await RunningServer.StartAsync(ServerFactory.ForProtocol(() => kind switch
        {
            nameof(SlowLines) => new SlowLines(pace),
            nameof(SlowNetstrings) => new SlowNetstrings(pace),
            _ => new SlowPrefixed(pace),
        }));
        using var client = await server.ConnectAsync();
        await client.SendAsync(requests);
        client.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal($"{i}", await pace.NextAsync());
            Assert.Equal(1, pace.Running);
            pace.Release();
        }

        Assert.Equal(answers, Encoding.UTF8.GetString(await client.ReadToEndAsync()));
    }

    [Fact]
    public async Task LineReceivedAsync_ThatFailsLater_IsLoggedAndAbortsItsConnection()
    {
        Answers pace = new() { Failure = new InvalidOperationException("no database") };
        await using var server = await RunningServer.StartAsync(ServerFactory.ForProtocol(() => new SlowLines(pace)));
        using var client = await server.ConnectAsync();
        await client.SendAsync("1\n2\n");
        await pace.NextAsync();
        pace.Release();
        await Assert.ThrowsAsync<IOException>(client.ReadToEndAsync);
        Assert.Contains(server.Log.Lines, line => line is { Level: LogLevel.Error, Failure.Message: "no database" });
    }

    [Fact]
    public async Task LineReceivedAsync_ThatClosesTheConnection_IsTheLastCall()
    {
        Answers pace = new() { Closes = true };
        await using var server = await RunningServer.StartAsync(ServerFactory.ForProtocol(() => new SlowLines(pace)));
        using var client = await server.ConnectAsync();
        await client.SendAsync("1\n2\n");
        await pace.NextAsync();
        pace.Release();
        Assert.Equal("1\r\n"u8.ToArray(), await client.ReadToEndAsync());
        Assert.Equal(1, pace.Calls);
    }

    [Fact]
    public void LineReceived_OverriddenByNobody_SaysWhatToOverride()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => Feed.Into(new NothingReceived(), "a\n"u8.ToArray()));
        Assert.Equal("The NothingReceived cannot receive, because it does not override LineReceived or LineReceivedAsync.", failure.Message);
    }

    [Fact]
    public void StringReceived_AsText_IsDecodedFromUtf8()
    {
        TextStrings strings = new();
        Feed.Into(strings, "2:ö,"u8.ToArray());
        Assert.Equal(["ö"], strings.Texts);
    }

    [Fact]
    public async Task Connections_MadeAndLost_AreLoggedAtDebugLevel()
    {
        FactoryOf factory = new(_ => new ProtocolOf());
        await using var server = await RunningServer.StartAsync(factory);
        var client = await server.ConnectAsync();
        var peer = client.Socket.LocalEndPoint!.ToString()!;
        client.Dispose();
        await Until.TrueAsync(() => server.Log.Lines.Any(line => line.Text == $"Connection with {peer} closed."), "the line of the closed connection");
        Assert.Contains(server.Log.Lines, line => line.Level == LogLevel.Debug && line.Text.StartsWith("Connection of 127.0.0.1:", StringComparison.Ordinal) && line.Text.EndsWith($" with {peer} opened.", StringComparison.Ordinal));
    }

    /// <summary>Lets a test see each request, and say when it is answered.</summary>
    private sealed class Answers
    {
        private readonly System.Threading.Channels.Channel<string> _requests = System.Threading.Channels.Channel.CreateUnbounded<string>();
        private readonly SemaphoreSlim _released = new(0);
        private int _running;

        public Exception? Failure { get; init; }

        public bool Closes { get; init; }

        public int Calls { get; private set; }

        public int Running => Volatile.Read(ref _running);

        public Task<string> NextAsync() => _requests.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().Soon();

        public void Release() => _released.Release();

        public async Task WaitAsync(string request)
        {
            Calls++;
            Interlocked.Increment(ref _running);
            _requests.Writer.TryWrite(request);
            await _released.WaitAsync();
            Interlocked.Decrement(ref _running);
            if (Failure is { } failure)
                throw failure;
        }
    }

    private sealed class SlowLines(Answers answers) : LineProtocol
    {
        protected override async Task LineReceivedAsync(string line)
        {
            await answers.WaitAsync(line);
            SendLine(line);
            if (answers.Closes)
                Transport.LoseConnection();
        }
    }

    private sealed class SlowNetstrings(Answers answers) : NetstringProtocol
    {
        protected override async Task StringReceivedAsync(ReadOnlyMemory<byte> text)
        {
            await answers.WaitAsync(Encoding.UTF8.GetString(text.Span));
            SendString(text.Span);
        }
    }

    private sealed class SlowPrefixed(Answers answers) : LengthPrefixedProtocol(LengthPrefix.OneByte)
    {
        protected override async Task StringReceivedAsync(ReadOnlyMemory<byte> text)
        {
            await answers.WaitAsync(Encoding.UTF8.GetString(text.Span));
            SendString(Encoding.UTF8.GetString(text.Span));
        }
    }

    private sealed class NothingReceived : LineProtocol;

    private sealed class TextStrings : NetstringProtocol
    {
        public List<string> Texts { get; } = [];

        protected override void StringReceived(string text) => Texts.Add(text);
    }
}
