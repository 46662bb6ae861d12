using System.Text;
using CsCheck;

namespace TacHost.Services.Tests.Networking;

public sealed class LineProtocolTests
{
    [Fact]
    public void LineReceived_Lines_GetsEachWithoutItsDelimiter()
    {
        RecordingLines lines = new("\r\n");
        Feed.Into(lines, "one\r\n\r\nth\nr\ree\r\nfo"u8.ToArray());
        Assert.Equal(["line one", "line ", "line th\nr\ree"], lines.Events);
    }

    [Fact]
    public void LineReceived_WithoutADelimiterOfItsOwn_AcceptsLfWithAnOptionalCr()
    {
        foreach (var length in Enumerable.Range(1, 9))
        {
            RecordingLines lines = new(maxLength: 3) { GoesOnAfterLongLines = true };
            Feed.Into(lines, "one\ntwo\r\n\n\r\na\rb\nfour\nc\r\r\nabc\r\rd\nabc\r\n"u8.ToArray(), length);
            Assert.Equal(["line one", "line two", "line ", "line ", "line a\rb", "exceeded fou", "line c\r", "exceeded abc", "line abc"], lines.Events);
        }
    }

    [Fact]
    public void SendLine_WithoutADelimiterOfItsOwn_EndsLinesWithCrLf()
    {
        RecordingLines lines = new();
        var transport = Feed.Into(lines, []);
        lines.SendLine("one");
        lines.SendLine("two"u8);
        Assert.Equal("one\r\ntwo\r\n"u8.ToArray(), transport.Bytes);
    }

    [Theory]
    [InlineData(5, "12345\n", "line 12345")]
    [InlineData(5, "123456\n", "exceeded 12345")]
    [InlineData(5, "123456", "exceeded 12345")]
    [InlineData(0, "\n1\n", "line |exceeded ")]
    public void LineLengthExceeded_BeyondTheLimit_ClosesTheConnection(int limit, string input, string expected)
    {
        RecordingLines lines = new("\n", limit);
        var transport = Feed.Into(lines, Encoding.Latin1.GetBytes(input));
        Assert.Equal(expected.Split('|'), lines.Events);
        Assert.Equal(expected.Contains("exceeded", StringComparison.Ordinal), transport.IsClosing);
    }

    [Fact]
    public void LineLengthExceeded_ThatDoesNotClose_DropsTheRestOfThatLine()
    {
        foreach (var length in Enumerable.Range(1, 12))
        {
            RecordingLines lines = new("\r\n", 3) { GoesOnAfterLongLines = true };
            Feed.Into(lines, "1234567890\r9\r\nabc\r\nabcd\r\nab\r\n"u8.ToArray(), length);
            Assert.Equal(["exceeded 123", "line abc", "exceeded abc", "line ab"], lines.Events);
        }
    }

    [Fact]
    public void SetRawMode_UntilSetLineMode_HandsOnWhatFollowsAsItIs()
    {
        var left = 0;
        RecordingLines lines = new("\n")
        {
            WhenLine = (protocol, line) =>
            {
                if (!int.TryParse(line, out left))
                    return;
                protocol.SetRawMode();
            },
            RawLength = data =>
            {
                var taken = Math.Min(left, data.Length);
                left -= taken;
                return taken;
            },
        };
        Feed.Into(lines, "a\n5\n12\n45b\n1\nxc\nd\n"u8.ToArray());
        Assert.Equal(["line a", "line 5", "raw 12\n45", "line b", "line 1", "raw x", "line c", "line d"], lines.Events);
    }

    [Fact]
    public void LineReceived_ThatClosesTheConnection_IsTheLastCall()
    {
        RecordingLines lines = new("\n") { WhenLine = (protocol, _) => protocol.Transport.LoseConnection() };
        Feed.Into(lines, "a\nb\nc"u8.ToArray());
        Assert.Equal(["line a"], lines.Events);
    }

    [Fact]
    public void Delimiter_Empty_IsRefused() => Assert.Throws<ArgumentException>(() => new RecordingLines(""));

    [Fact]
    public void LineReceived_PrintedLinesInAnyFragmentation_AreTheSame() =>
        Gen.Select(
            Gen.String[Gen.Char['a', 'z'], 0, 20].Array[0, 10],
            AnyOf.These("\n", "\r\n", "--=--", "aa\n", null),
            Gen.Int[1, 9].Array[1, 5]).Sample((texts, delimiter, lengths) =>
        {
            RecordingLines sender = new(delimiter);
            var transport = Feed.Into(sender, []);
            foreach (var text in texts)
                sender.SendLine(text);
            RecordingLines receiver = new(delimiter, 20);
            Feed.Into(receiver, transport.Bytes, lengths);

            // "aa\n" may begin in a line that ends in an "a", as any delimiter can.
            return delimiter == "aa\n" || receiver.Events.SequenceEqual(texts.Select(text => $"line {text}"));
        });

    [Fact]
    public void LineReceived_GarbageInAnyFragmentation_GivesTheSameAndKeepsLittle() =>
        Gen.Select(AnyOf.These<byte>(13, 10, 65).Array[0, 200], Gen.Int[0, 8], AnyOf.These("\n", "\r\n", "\n\r\n", null), Gen.Int[1, 9].Array[1, 5], Gen.Bool).Sample((data, limit, delimiter, lengths, goesOn) =>
        {
            RecordingLines whole = new(delimiter, limit) { GoesOnAfterLongLines = goesOn };
            Feed.Into(whole, data);
            RecordingLines pieces = new(delimiter, limit) { GoesOnAfterLongLines = goesOn };
            var transport = Feed.Into(pieces, data, lengths);
            return whole.Events.SequenceEqual(pieces.Events)
                && (transport.IsClosing || pieces.Held.Count < limit + (delimiter?.Length ?? 2))
                && pieces.Held.Capacity <= limit + (delimiter?.Length ?? 2) + lengths.Max();
        });

    [Fact]
    public void DataReceived_LongLineByteByByte_KeepsNoMoreThanALineAndSearchesOnce()
    {
        RecordingLines lines = new("\n", 100_000);
        Feed.Into(lines, [.. Enumerable.Repeat((byte)'x', 99_999)], 1);
        Assert.Equal(99_999, lines.Held.Count);
        Assert.InRange(lines.Held.Capacity, 99_999, 100_001);
        lines.Receive("\n"u8);
        Assert.Equal((0, 0), lines.Held);
        Assert.Single(lines.Events);
    }

    [Fact]
    public async Task PauseReading_WhileBufferedLinesAreDelivered_HoldsThemUpToo()
    {
        var gate = new SemaphoreSlim(0);
        FactoryOf factory = new(peer => new RecordingLines("\n")
        {
            WhenLine = (protocol, line) =>
            {
                protocol.Transport.PauseReading();
                gate.Release();
            },
        });
        await using var server = await RunningServer.StartAsync(factory);
        using var client = await server.ConnectAsync();
        await client.SendAsync("a\nb\nc\nd");
        client.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        foreach (var expected in new[] { "line a", "line b", "line c" })
        {
            Assert.True(await gate.WaitAsync(Bounded.Patience, TestContext.Current.CancellationToken));
            var protocol = (RecordingLines)factory.Built.Single();
            Assert.Equal(expected, protocol.Events[^1]);
            protocol.Transport.ResumeReading();
        }

        Assert.Empty(await client.ReadToEndAsync());
        Assert.Equal(3, ((RecordingLines)factory.Built.Single()).Events.Count);
    }

    [Fact]
    public async Task ResumeReading_AtOnceFromAnotherThread_LosesNoLine()
    {
        const int count = 2_000;
        TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        FactoryOf factory = new(peer => new RecordingLines("\n")
        {
            WhenLine = (protocol, line) =>
            {
                protocol.Transport.PauseReading();
                _ = Task.Run(protocol.Transport.ResumeReading);
                if (protocol.Events.Count == count)
                    all.SetResult();
            },
        });
        await using var server = await RunningServer.StartAsync(factory);
        using var client = await server.ConnectAsync();
        await client.SendAsync(string.Concat(Enumerable.Range(0, count).Select(number => $"{number}\n")));
        await all.Task.Soon();
        Assert.Equal(Enumerable.Range(0, count).Select(number => $"line {number}"), ((RecordingLines)factory.Built.Single()).Events);
    }
}
