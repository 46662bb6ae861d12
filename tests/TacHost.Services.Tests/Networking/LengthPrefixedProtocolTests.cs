using System.Text;
using CsCheck;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

public sealed class LengthPrefixedProtocolTests
{
    private static readonly Gen<LengthPrefix> _prefix = AnyOf.These(LengthPrefix.OneByte, LengthPrefix.TwoBytes, LengthPrefix.FourBytes);

    [Theory]
    [InlineData(LengthPrefix.OneByte, new byte[] { 3, 97, 98, 99 })]
    [InlineData(LengthPrefix.TwoBytes, new byte[] { 0, 3, 97, 98, 99 })]
    [InlineData(LengthPrefix.FourBytes, new byte[] { 0, 0, 0, 3, 97, 98, 99 })]
    public void SendString_Text_HasItsLengthInFront(LengthPrefix prefix, byte[] expected)
    {
        RecordingPrefixed strings = new(prefix);
        var transport = Feed.Into(strings, []);
        strings.SendString("abc"u8);
        Assert.Equal(expected, transport.Bytes);
    }

    [Fact]
    public void SendString_LongerThanThePrefixCanSay_IsRefused()
    {
        RecordingPrefixed strings = new(LengthPrefix.OneByte);
        Feed.Into(strings, []);
        strings.SendString(new byte[255]);
        Assert.Throws<ArgumentException>(() => strings.SendString(new byte[256]));
    }

    [Theory]
    [InlineData(LengthPrefix.OneByte, new byte[] { 6 }, 6)]
    [InlineData(LengthPrefix.TwoBytes, new byte[] { 1, 0 }, 256)]
    [InlineData(LengthPrefix.FourBytes, new byte[] { 255, 255, 255, 255 }, 4_294_967_295)]
    public void LengthLimitExceeded_BeyondTheLimit_IsToldAndCloses(LengthPrefix prefix, byte[] input, long length)
    {
        RecordingPrefixed strings = new(prefix, 5);
        var transport = Feed.Into(strings, input);
        Assert.Equal([$"{length} is too long"], strings.Events);
        Assert.True(transport.IsClosing);
    }

    [Fact]
    public void StringReceived_PrintedStringsInAnyFragmentation_AreTheSame() =>
        Gen.Select(_prefix, Gen.Byte.Array[0, 120].Array[0, 8], Gen.Int[1, 50].Array[1, 5]).Sample((prefix, texts, lengths) =>
        {
            RecordingPrefixed sender = new(prefix);
            var transport = Feed.Into(sender, []);
            foreach (var text in texts)
                sender.SendString(text);
            RecordingPrefixed receiver = new(prefix, 120);
            Feed.Into(receiver, transport.Bytes, lengths);
            return receiver.Events.SequenceEqual(texts.Select(Encoding.Latin1.GetString)) && receiver.Held == (0, 0);
        });

    [Fact]
    public void StringReceived_GarbageInAnyFragmentation_GivesTheSameAndKeepsLittle() =>
        Gen.Select(_prefix, Gen.OneOf(Gen.Byte[0, 3], Gen.Byte).Array[0, 100], Gen.Int[0, 20], Gen.Int[1, 9].Array[1, 5]).Sample((prefix, data, limit, lengths) =>
        {
            RecordingPrefixed whole = new(prefix, limit);
            var first = Feed.Into(whole, data);
            RecordingPrefixed pieces = new(prefix, limit);
            var second = Feed.Into(pieces, data, lengths);
            return whole.Events.SequenceEqual(pieces.Events) && first.IsClosing == second.IsClosing && pieces.Held.Capacity <= limit + 4 + lengths.Max();
        });

    [Fact]
    public void Constructor_NoSuchPrefix_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new RecordingPrefixed((LengthPrefix)3));
}
