using System.Runtime.InteropServices;
using CsCheck;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

public sealed partial class AddressTextTests
{
    [Theory]
    [InlineData("192.168.1.10", "192.168.1.10")]
    [InlineData("::ffff:1.2.3.4", "::ffff:1.2.3.4")]
    [InlineData("2001:DB8::1", "2001:db8::1")]
    public void TryParse_Address_IsRead(string text, string address)
    {
        Assert.True(AddressText.TryParse(text, out var parsed));
        Assert.Equal(address, parsed.ToString());
    }

    [Theory]
    [InlineData("192.168.001.010")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("10.0.0.08")]
    [InlineData("127.1")]
    [InlineData("2130706433")]
    [InlineData("1.2.3.4.")]
    [InlineData(" 1.2.3.4")]
    [InlineData("::ffff:1.2.3.010")]
    [InlineData("[::1]")]
    [InlineData("[::1]:80")]
    [InlineData("::1/64")]
    [InlineData("fe80::1%lo")]
    [InlineData("")]
    [InlineData(null)]
    public void TryParse_AnythingElse_IsNotAnAddress(string? text) => Assert.False(AddressText.TryParse(text, out _));

    [Theory]
    [InlineData("10.0.0.0/8", true)]
    [InlineData("::/0", true)]
    [InlineData("010.0.0.0/8", false)]
    [InlineData("10.0.0.0/08", false)]
    [InlineData("10.0.0.1/8", true)]
    [InlineData("10.0.0.0/33", false)]
    [InlineData("10.0.0.0", false)]
    public void TryParseNetwork_Text_IsReadIfItIsOne(string text, bool expected) => Assert.Equal(expected, AddressText.TryParseNetwork(text, out _));

    [Theory]
    [InlineData("127.0.0.1:80", true)]
    [InlineData("[::1]:80", true)]
    [InlineData("127.0.0.01:80", false)]
    [InlineData("[127.0.0.1]:80", false)]
    [InlineData("::1:80", false)]
    [InlineData("127.0.0.1:65536", false)]
    [InlineData("127.0.0.1:", false)]
    public void TryParseEndPoint_Text_IsReadIfItIsOne(string text, bool expected) => Assert.Equal(expected, AddressText.TryParseEndPoint(text, out _));

    /// <summary>Whatever is made of the characters of addresses: the C library has the last word.</summary>
    [Fact]
    public void TryParse_AnyText_AgreesWithInetPton()
    {
        var quad = Gen.Select(OneOf("0", "1", "00", "01", "010", "9", "99", "255", "256", "0x7f", "", "1.2"), OneOf(".", ".", ".", ":", ""), (number, dot) => number + dot).Array[1, 6].Select(string.Concat);
        var any = Gen.Char["0123456789abcdefABCDEFx.:%[]/ "].Array[0, 24].Select(each => new string(each));
        var groups = Gen.Select(OneOf("", "0", "ffff", "1", "abcd", "12345", "1.2.3.4", "1.2.3.04"), OneOf(":", ":", "::"), (number, colon) => number + colon).Array[1, 9].Select(string.Concat);
        Gen.OneOf(quad, any, groups, quad.Select(each => each.TrimEnd('.')), groups.Select(each => each.TrimEnd(':'))).Sample(text => Agrees(text), iter: 20_000);
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(each => texts[each]);

    private static void Agrees(string text)
    {
        var family = text.Contains(':', StringComparison.Ordinal) ? 10 : 2;
        var bytes = new byte[16];
        var expected = InetPton(family, text, bytes) == 1;
        Assert.True(expected == AddressText.TryParse(text, out var address), text);
        if (expected)
            Assert.Equal(bytes[..(family == 2 ? 4 : 16)], address!.GetAddressBytes());
    }

    [LibraryImport("libc", EntryPoint = "inet_pton", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int InetPton(int family, string text, [Out] byte[] bytes);
}
