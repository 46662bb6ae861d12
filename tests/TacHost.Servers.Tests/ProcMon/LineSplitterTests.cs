using System.Text;
using CsCheck;
using TacHost.Processes.ProcMon;

namespace TacHost.Servers.Tests.ProcMon;

public sealed class LineSplitterTests
{
    [Theory]
    [InlineData("one\ntwo\r\n\nthree", "one|two||three")]
    [InlineData("0123456789abc\n", "01234567|89abc")]
    [InlineData("01234567\nx\n", "01234567|x")]
    [InlineData("0123456🦉8\n", "0123456|🦉8")]
    [InlineData("", "")]
    public void Append_Text_MakesLines(string text, string expected)
    {
        List<string> lines = [];
        LineSplitter splitter = new(8, lines.Add);
        foreach (var each in Encoding.UTF8.GetBytes(text))
            splitter.Append([each]);
        splitter.Complete();
        Assert.Equal(expected, string.Join('|', lines));
    }

    [Fact]
    public void Append_AnyBytesCutAnywhere_IsTheSameAsAtOnceAndNeverLonger() =>
        Gen.Select(Gen.Byte.Array[0, 2000], Gen.Int[1, 50]).Sample((bytes, cut) =>
        {
            List<string> atOnce = [], inPieces = [];
            LineSplitter first = new(40, atOnce.Add), second = new(40, inPieces.Add);
            first.Append(bytes);
            first.Complete();
            foreach (var piece in bytes.Chunk(cut))
                second.Append(piece);
            second.Complete();
            return atOnce.SequenceEqual(inPieces) && atOnce.TrueForAll(line => line.Length <= 40 && !line.Contains('\n'));
        });
}
