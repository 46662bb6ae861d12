namespace TacHost.Tests;

public sealed class FingerprintTests
{
    [Fact]
    public void IsAtFrontOf_AnyBitFlipped_IsFalse()
    {
        var bytes = new byte[Fingerprint.Size + 40];
        Random.Shared.NextBytes(bytes);
        Fingerprint.Write(bytes.AsSpan(Fingerprint.Size), bytes);

        Assert.True(Fingerprint.IsAtFrontOf(bytes));
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Fingerprint.IsAtFrontOf(bytes));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Fingerprint.Size)]
    public void IsAtFrontOf_NothingBehindIt_IsFalse(int length) => Assert.False(Fingerprint.IsAtFrontOf(new byte[length]));

    [Fact]
    public void ToString_InPieces_IsTheSameAsAtOnce()
    {
        var (pieces, whole) = (new Fingerprint(), new Fingerprint());
        pieces.Append("ec"u8);
        pieces.Append("stasy"u8);
        whole.Append("ecstasy"u8);

        Assert.Equal(whole.ToString(), pieces.ToString());
        Assert.Matches("^[0-9a-f]{32}$", whole.ToString());
        Assert.NotEqual(whole.ToString()[..16], whole.ToString()[16..]);
    }
}
