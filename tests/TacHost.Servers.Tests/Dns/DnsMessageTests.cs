using CsCheck;
using TacHost.Dns.Messages;
using TacHost.Servers.Tests.Dns.Fakes;

namespace TacHost.Servers.Tests.Dns;

public sealed class DnsMessageTests
{
    [Fact]
    public void Read_WhatWasWritten_IsTheSame() =>
        DnsGen.Message.Sample(message =>
        {
            var read = DnsMessage.Read(message.Write());
            return (read.Id, read.IsResponse, read.IsAuthoritative, read.RecursionDesired, read.RecursionAvailable, read.CheckingDisabled) ==
                    (message.Id, message.IsResponse, message.IsAuthoritative, message.RecursionDesired, message.RecursionAvailable, message.CheckingDisabled)
                && (read.Opcode, read.Code, read.Question, read.Edns, read.IsTruncated) == (message.Opcode, message.Code, message.Question, message.Edns, false)
                && read.Answers.SequenceEqual(message.Answers) && read.Authorities.SequenceEqual(message.Authorities) && read.Additionals.SequenceEqual(message.Additionals);
        });

    [Fact]
    public void Write_AnyLimit_IsKeptAndTruncationIsTold() =>
        Gen.Select(DnsGen.Message, Gen.Int[512, 1500]).Sample((message, limit) =>
        {
            var whole = message.Write();
            var bytes = message.Write(limit);
            var read = DnsMessage.Read(bytes);
            return bytes.Length <= limit && (read.IsTruncated || (read.Answers.SequenceEqual(message.Answers) && read.Authorities.SequenceEqual(message.Authorities)))
                && (whole.Length > limit || bytes.AsSpan().SequenceEqual(whole));
        });

    [Fact]
    public void Read_AnyBytes_GiveAMessageOrTheOneError() => Gen.Byte.Array[0, 300].Sample(ReadsOrRefuses);

    [Fact]
    public void Read_DamagedMessage_GivesAMessageOrTheOneError() =>
        Gen.Select(DnsGen.Message, Gen.Select(Gen.Int[0, 10_000], Gen.Byte).Array[0, 8], Gen.Int[0, 10_000]).Sample((message, changes, cut) =>
        {
            var bytes = message.Write();
            foreach (var (at, value) in changes)
                bytes[at % bytes.Length] = value;
            return ReadsOrRefuses(bytes) && ReadsOrRefuses(bytes[..(cut % bytes.Length)]);
        });

    [Theory]
    [InlineData("c00c")]
    [InlineData("c00e")]
    [InlineData("c0ff")]
    [InlineData("0161c00c")]
    [InlineData("0161c00e")]
    [InlineData("40")]
    [InlineData("80")]
    [InlineData("0561")]
    [InlineData("c0")]
    [InlineData("")]
    public void Read_NameThatLeadsNowhere_IsRefused(string name) =>
        Assert.Throws<DnsFormatException>(() => DnsMessage.Read(Convert.FromHexString("000000000001000000000000" + name)));

    [Theory]
    [InlineData("0001", "00", true)]
    [InlineData("0002", "0000", false)]
    [InlineData("0000", "00", false)]
    [InlineData("0001", "016100", false)]
    [InlineData("0009", "00", false)]
    public void Read_DataThatIsNotAsLongAsItSays_IsRefused(string length, string name, bool isRight)
    {
        var bytes = Convert.FromHexString("000080000001000100000000" + "0000010001" + "000002000100000000" + length + name);
        if (isRight)
            Assert.True(Assert.Single(DnsMessage.Read(bytes).Answers).NameAt(0).IsRoot);
        else
            Assert.Throws<DnsFormatException>(() => DnsMessage.Read(bytes));
    }

    [Fact]
    public void Read_LongestNameAndOneLonger_IsTakenAndRefused()
    {
        var label = "3f" + string.Concat(Enumerable.Repeat("61", 63));
        var longest = string.Concat(Enumerable.Repeat(label, 3)) + "3d" + string.Concat(Enumerable.Repeat("61", 61)) + "00";
        var longer = string.Concat(Enumerable.Repeat(label, 3)) + "3e" + string.Concat(Enumerable.Repeat("61", 62)) + "00";
        Assert.Equal(255, DnsMessage.Read(Convert.FromHexString("000000000001000000000000" + longest + "00010001")).Question.Name.Wire.Length);
        Assert.Throws<DnsFormatException>(() => DnsMessage.Read(Convert.FromHexString("000000000001000000000000" + longer + "00010001")));
    }

    [Fact]
    public void Read_ResponseCutThroughARecord_IsTakenForTruncated()
    {
        var bytes = FakeUpstream.Reply(DnsSite.Query("www.test"), [FakeUpstream.Soa("test", 1, 1)], isTruncated: true).Write();
        Assert.True(DnsMessage.Read(bytes.AsSpan(0, 50)).IsTruncated);
    }

    /// <summary>The worst that can be packed: records of two pointers to the longest name.</summary>
    [Fact]
    public void Read_EverythingCompressed_TakesLittleMemory()
    {
        var name = (byte[])[.. Enumerable.Range(0, 126).SelectMany(_ => (byte[])[1, (byte)'a']), 0];
        List<byte> bytes = [0, 0, 0, 0, 0, 1, 0xff, 0xff, 0, 0, 0, 0, .. name, 0, 1, 0, 1];
        var count = 0;
        for (; bytes.Count < DnsMessage.Longest - 14; count++)
            bytes.AddRange([0xc0, 12, 0, 2, 0, 1, 0, 0, 0, 0, 0, 2, 0xc0, 12]);
        (bytes[6], bytes[7]) = ((byte)(count >> 8), (byte)count);
        var message = bytes.ToArray();
        _ = DnsMessage.Read(message);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(count, DnsMessage.Read(message).Answers.Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100L * message.Length);
    }

    [Fact]
    public void Names_InAnyCase_AreTheSameAndKeepTheirs()
    {
        var (one, other) = (DnsName.Parse("wWw.Example.ORG.", null), DnsName.Parse("www.example.org.", null));
        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.Equal("wWw.Example.ORG.", one.ToString());
        Assert.NotEqual(one, DnsName.Parse("www.example\\.org.", null));
    }

    private static bool ReadsOrRefuses(byte[] bytes)
    {
        try
        {
            var message = DnsMessage.Read(bytes);
            return message.IsTruncated || message.Write().Length <= DnsMessage.Longest;
        }
        catch (DnsFormatException)
        {
            return true;
        }
    }
}
