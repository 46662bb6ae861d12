using System.Text;
using CsCheck;
using FastPoetry.Services.Datagrams;

namespace FastPoetry.Services.Tests.Datagrams;

public sealed class DatagramLineTests
{
    private static readonly Gen<string> _name = Gen.String[Gen.Char['\u0001', '\ud7ff'], 0, 17].Where(name => name.Length > 0 && name != "*");
    private static readonly Gen<string> _edition = Gen.String[Gen.Char["0123456789abcdef"], 32, 32];

    [Fact]
    public void PoemRequest_AnyPrinted_IsReadBack() =>
        Gen.Select(Gen.OneOf(_name.Select(name => (string?)name), Gen.Const((string?)null)), Gen.Int[0, int.MaxValue], Gen.Int[0, 2000]).Sample((name, offset, length) =>
        {
            PoemRequest request = new(name, offset);
            var datagram = request.ToDatagram(length);
            return datagram.Length >= length && PoemRequest.TryParse(datagram, out var read) && read == request;
        });

    [Fact]
    public void PoemFragment_AnyPrinted_IsReadBack() =>
        Gen.Select(_name, Gen.Int[0, int.MaxValue - 1000], Gen.Byte.Array[0, 1000], Gen.Int[0, 1000], _edition).Sample((name, offset, piece, more, edition) =>
        {
            PoemFragment fragment = new(name, offset, (int)Math.Min((long)offset + piece.Length + more, int.MaxValue), edition);
            byte[] datagram = [.. Encoding.ASCII.GetBytes(fragment.ToLine()), .. piece];
            return PoemFragment.TryParse(datagram, out var read, out var rest) && read == fragment && rest.SequenceEqual(piece);
        });

    [Fact]
    public void NoSuchPoem_AnyPrinted_IsReadBack() =>
        _name.Sample(name => NoSuchPoem.TryParse(Encoding.ASCII.GetBytes(new NoSuchPoem(name).ToLine()), out var read) && read.Name == name);

    [Fact]
    public void TryParse_AnyBytes_ThrowsNothingAndStaysWithinTheDatagram() =>
        Gen.OneOf(Gen.Byte.Array[0, 300], Gen.String[Gen.Char["askpoemn *%0129-+\n\r\0é"], 0, 60].Select(text => Encoding.UTF8.GetBytes("poem " + text)), Gen.String[Gen.Char["0 1%f\n"], 0, 40].Select(text => Encoding.UTF8.GetBytes("ask " + text))).Sample(datagram =>
        {
            var isRequest = PoemRequest.TryParse(datagram, out var request);
            var isFragment = PoemFragment.TryParse(datagram, out var fragment, out var piece);
            var isNone = NoSuchPoem.TryParse(datagram, out _);
            return (isRequest ? 1 : 0) + (isFragment ? 1 : 0) + (isNone ? 1 : 0) <= 1
                && request.Offset >= 0
                && fragment.Offset + (long)piece.Length <= fragment.Length;
        });

    [Theory]
    [InlineData("ask * 0")]
    [InlineData("ask * -1\n")]
    [InlineData("ask * +1\n")]
    [InlineData("ask * 2147483648\n")]
    [InlineData("ask *  0\n")]
    [InlineData("ask  0\n")]
    [InlineData("ask * 0 \n")]
    [InlineData(" ask * 0\n")]
    [InlineData("ask * 0\r\n")]
    [InlineData("ASK * 0\n")]
    [InlineData("ask é 0\n")]
    public void PoemRequest_Broken_IsNone(string line) => Assert.False(PoemRequest.TryParse(Encoding.UTF8.GetBytes(line), out _));

    [Theory]
    [InlineData("poem a 0 2 e\nabc")]
    [InlineData("poem a 3 2 e\n")]
    [InlineData("poem a 2147483647 2147483647 e\nx")]
    [InlineData("poem a 0 2\nab")]
    public void PoemFragment_BeyondItsPoem_IsNone(string datagram) => Assert.False(PoemFragment.TryParse(Encoding.UTF8.GetBytes(datagram), out _, out _));
}
