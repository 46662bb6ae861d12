using System.Text;
using CsCheck;

namespace TacHost.Services.Tests.Networking;

public sealed class NetstringProtocolTests
{
    [Fact]
    public void StringReceived_Netstrings_GetsEach()
    {
        RecordingNetstrings strings = new();
        Feed.Into(strings, "12:hello world!,0:,3:,,,,5:ab"u8.ToArray());
        Assert.Equal(["hello world!", "", ",,,"], strings.Events);
    }

    [Theory]
    [InlineData("x", "it does not begin with a digit")]
    [InlineData(":a,", "it does not begin with a digit")]
    [InlineData("-1:a,", "it does not begin with a digit")]
    [InlineData("01:a,", "its length begins with a zero")]
    [InlineData("00:,", "its length begins with a zero")]
    [InlineData("3 :abc,", "its length is not followed by a colon")]
    [InlineData("1:ab", "it does not end in a comma")]
    [InlineData("101:", "its length is 101, and at most 100 is allowed")]
    [InlineData("1000", "its length has more than 3 digit(s), and at most 100 is allowed")]
    [InlineData("99999999999999999999:", "its length has more than 3 digit(s), and at most 100 is allowed")]
    public void NetstringBroken_Mistake_IsToldAndCloses(string input, string reason)
    {
        RecordingNetstrings strings = new(100);
        var transport = Feed.Into(strings, Encoding.Latin1.GetBytes($"1:a,{input}"));
        Assert.Equal(["a", $"broken, because {reason}"], strings.Events);
        Assert.True(transport.IsClosing);
    }

    [Fact]
    public void StringReceived_PrintedStringsInAnyFragmentation_AreTheSame() =>
        Gen.Select(Gen.Byte.Array[0, 120].Array[0, 8], Gen.Int[1, 50].Array[1, 5]).Sample((texts, lengths) =>
        {
            RecordingNetstrings sender = new();
            var transport = Feed.Into(sender, []);
            foreach (var text in texts)
                sender.SendString(text);
            RecordingNetstrings receiver = new(120);
            var received = Feed.Into(receiver, transport.Bytes, lengths);
            return receiver.Events.SequenceEqual(texts.Select(Encoding.Latin1.GetString)) && !received.IsClosing && receiver.Held == (0, 0);
        });

    [Fact]
    public void StringReceived_GarbageInAnyFragmentation_GivesTheSameAndKeepsLittle() =>
        Gen.Select(Gen.OneOf(AnyOf.These("1:a,", "0:,", "12:", "3:abc,", ",").Select(Encoding.Latin1.GetBytes), Gen.Byte.Array[0, 3], Gen.Byte[(byte)'0', (byte)':'].Array[0, 4]).Array[0, 20], Gen.Int[0, 20], Gen.Int[1, 9].Array[1, 5]).Sample((parts, limit, lengths) =>
        {
            byte[] data = [.. parts.SelectMany(part => part)];
            RecordingNetstrings whole = new(limit);
            var first = Feed.Into(whole, data);
            RecordingNetstrings pieces = new(limit);
            var second = Feed.Into(pieces, data, lengths);
            return whole.Events.SequenceEqual(pieces.Events) && first.IsClosing == second.IsClosing && pieces.Held.Capacity <= limit + 4 + lengths.Max();
        });

    [Fact]
    public void DataReceived_LargeLengthAnnounced_ReservesOnlyForWhatHasCome()
    {
        RecordingNetstrings strings = new(999_999_999);
        Feed.Into(strings, "999999999:abc"u8.ToArray());
        Assert.InRange(strings.Held.Capacity, 13, 256);
    }

    [Fact]
    public async Task NetstringProtocol_OverASocket_Answers()
    {
        FactoryOf factory = new(_ => new RecordingNetstrings { WhenString = (protocol, text) => protocol.SendString(text.ToUpperInvariant()) });
        await using var server = await RunningServer.StartAsync(factory);
        using var client = await server.ConnectAsync();
        client.Stream = new DribblingStream(client.Stream);
        await client.SendAsync("5:hello,5:world,");
        Assert.Equal("5:HELLO,5:WORLD,", await client.ReadAsync(16));
        await client.SendAsync("no netstring");
        Assert.Empty(await client.ReadToEndAsync());
    }
}
