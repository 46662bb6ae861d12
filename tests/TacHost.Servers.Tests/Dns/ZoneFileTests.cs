using CsCheck;
using TacHost.Dns.Messages;
using TacHost.Dns.Zones;
using TacHost.Servers.Tests.Dns.Fakes;

namespace TacHost.Servers.Tests.Dns;

public sealed class ZoneFileTests
{
    private const string Head = "$ORIGIN example.org.\n@ 1h IN SOA ns host 1 1d 2h 4w 5m\n NS ns\n";

    private static readonly string[] _words =
    [
        "$ORIGIN", "$TTL", "@", "\n", "\n ", " ", "\t", "(", ")", "\"", ";", "\\", "\\.", "\\999", "\\065", "www", "example.org.", ".", "..", "1h", "1h30m", "99999999999w", "IN", "CH", "A", "AAAA", "NS", "SOA", "CNAME", "MX",
        "TXT", "SRV", "CAA", "DS", "TYPE65280", "TYPE1", "\\#", "4", "01020304", "192.0.2.1", "2001:db8::1", "*", "ns host 1 1 1 1 1", "\u00ff", "\0", "\r",
    ];

    [Theory]
    [InlineData("www A 192.0.2.1", "www.example.org.", 3600, "192.0.2.1")]
    [InlineData("www IN 2h A 192.0.2.1", "www.example.org.", 7200, "192.0.2.1")]
    [InlineData("www 2h IN A 192.0.2.1", "www.example.org.", 7200, "192.0.2.1")]
    [InlineData("WWW.example.org. in a 192.0.2.1", "www.example.org.", 3600, "192.0.2.1")]
    [InlineData("www 1w2d3h4m5s A 192.0.2.1", "www.example.org.", 788645, "192.0.2.1")]
    [InlineData("$TTL 90\nwww A 192.0.2.1", "www.example.org.", 90, "192.0.2.1")]
    [InlineData("$ORIGIN sub\nwww A 192.0.2.1", "www.sub.example.org.", 3600, "192.0.2.1")]
    [InlineData("$origin sub.example.org.\n@ A 192.0.2.1", "sub.example.org.", 3600, "192.0.2.1")]
    [InlineData("www ( A\n ; a comment (\n 192.0.2.1 )", "www.example.org.", 3600, "192.0.2.1")]
    [InlineData("www A \\# 4 C0000201", "www.example.org.", 3600, "192.0.2.1")]
    [InlineData("www TYPE1 \\# 4 C0 00 02 01", "www.example.org.", 3600, "192.0.2.1")]
    [InlineData("a\\.b\\032c TYPE1 192.0.2.1", "a\\.b\\032c.example.org.", 3600, "192.0.2.1")]
    [InlineData("www TXT a\\\"b \"c;d\" \"\" \\200", "www.example.org.", 3600, "\"a\\\"b\" \"c;d\" \"\" \"\\200\"")]
    [InlineData("www MX 10 @", "www.example.org.", 3600, "10 example.org.")]
    [InlineData("www MX 0 .", "www.example.org.", 3600, "0 .")]
    [InlineData("www CAA 128 iodef \"mailto:a@example.org\"", "www.example.org.", 3600, "128 \"iodef\" \"mailto:a@example.org\"")]
    [InlineData("www NAPTR 1 2 \"u\" \"sip+E2U\" \"!^.*$!sip:x@y!\" .", "www.example.org.", 3600, "1 2 \"u\" \"sip+E2U\" \"!^.*$!sip:x@y!\" .")]
    [InlineData("www DNSKEY 257 3 13 ( AQ\n ID )", "www.example.org.", 3600, "257 3 13 AQID")]
    public void Parse_Line_IsTheRecord(string line, string name, uint ttl, string data)
    {
        var zone = ZoneFile.Parse("f", Head + line + "\n", null);
        foreach (var type in Enum.GetValues<RecordType>())
        {
            DnsMessage response = new();
            zone.Answer(DnsName.Parse(name, null), type, response);
            if (response.Answers is [var record] && type is not (RecordType.ANY or RecordType.SOA or RecordType.NS))
            {
                Assert.Equal((ttl, data), (record.Ttl, RecordText.Print(type, record.Data.Span)));
                return;
            }
        }

        Assert.Fail("There is no such record.");
    }

    [Theory]
    [InlineData("www A 192.0.2.300", 4, "'192.0.2.300' is not an IPv4 address")]
    [InlineData("www A 192.168.001.010", 4, "'192.168.001.010' is not an IPv4 address")]
    [InlineData("www A 10.1", 4, "'10.1' is not an IPv4 address")]
    [InlineData("\n\nwww AAAA 192.0.2.1", 6, "'192.0.2.1' is not an IPv6 address")]
    [InlineData("www A", 4, "the data of a A is incomplete")]
    [InlineData("www A 192.0.2.1 192.0.2.2", 4, "'192.0.2.2' is more than a A has")]
    [InlineData("www", 4, "there is no type in it")]
    [InlineData("www 1h IN", 4, "there is no type in it")]
    [InlineData("www CH A 192.0.2.1", 4, "the class 'CH' is not served, only IN")]
    [InlineData("www 1x A 192.0.2.1", 4, "'1x' is not a time such as 3600 or 1h")]
    [InlineData("www FROB 1", 4, "'FROB' is not a type of record that can be here")]
    [InlineData("www OPT 1", 4, "'OPT' is not a type of record that can be here")]
    [InlineData("www TYPE65536 \\# 0", 4, "'TYPE65536' is not a type of record that can be here")]
    [InlineData("www TYPE255 \\# 0", 4, "'TYPE255' is not a type of record that can be here")]
    [InlineData("www TYPE65280 x", 4, "the data of a TYPE65280 is not written as '\\# LENGTH HEX'")]
    [InlineData("www TYPE65280 \\# 3 0102", 4, "the data has 2 bytes, and not 3")]
    [InlineData("www TYPE65280 \\#", 4, "the length after '\\#' is missing")]
    [InlineData("www A \\# 3 010203", 4, "the data is not that of a A: it ends too early")]
    [InlineData("www A \\# 5 0102030405", 4, "the data is not that of a A: it is too long")]
    [InlineData("www TXT \"open", 4, "a quotation mark is not closed on its line")]
    [InlineData("www (\n A 192.0.2.1", 4, "'(' has no ')' after it")]
    [InlineData("www A 192.0.2.1 )", 4, "')' has no '(' before it")]
    [InlineData("$INCLUDE", 4, "$INCLUDE takes a file and an optional origin")]
    [InlineData("$INCLUDE /nowhere/at/all", 4, "there is no file '/nowhere/at/all'")]
    [InlineData("$GENERATE 1-2 a", 4, "$GENERATE is not written as $GENERATE START-STOP[/STEP] NAME [TTL] [CLASS] TYPE DATA")]
    [InlineData("$GENERATE 2-1 a A 192.0.2.$", 4, "'2-1' is not a range such as 1-10 or 0-254/2")]
    [InlineData("$GENERATE 1-2/0 a A 192.0.2.$", 4, "'1-2/0' is not a range")]
    [InlineData("$GENERATE 0-65536 a$ A 192.0.2.1", 4, "$GENERATE 0-65536 makes more than 65536 records")]
    [InlineData("$GENERATE 1-2 a A 192.0.2.${-2}", 4, "'${-2}' makes a negative number of 1")]
    [InlineData("$GENERATE 1-2 a A 192.0.2.${0,1,q}", 4, "'q' is not one of the bases d, o, x, X, n and N")]
    [InlineData("$GENERATE 1-2 a${0 A 192.0.2.1", 4, "'a${0' has a '${' without a '}'")]
    [InlineData("$GENERATE 254-256 a A 192.0.2.$", 4, "'192.0.2.256' is not an IPv4 address")]
    [InlineData("$FROB", 4, "there is no directive '$FROB', only $ORIGIN, $TTL, $INCLUDE and $GENERATE")]
    [InlineData("www HTTPS 1 . alpn", 4, "the parameter 'alpn' needs a value")]
    [InlineData("www HTTPS 1 . port=1 port=2", 4, "the parameter 'port' is there twice")]
    [InlineData("www HTTPS 1 . no-default-alpn", 4, "'no-default-alpn' has no 'alpn' beside it")]
    [InlineData("www HTTPS 1 . mandatory=port alpn=h2", 4, "the mandatory parameter 'port' is missing")]
    [InlineData("www HTTPS 1 . ipv4hint=192.0.2.01", 4, "'192.0.2.01' is not an IPv4 address")]
    [InlineData("www HTTPS 1 . frob=1", 4, "there is no parameter 'frob'; write mandatory, alpn")]
    [InlineData("www LOC 91 N 4 E 0", 4, "'91' is not a number from 0 to 90")]
    [InlineData("www LOC 52 22 23 4 E 0", 4, "a LOC has no N or S after an angle")]
    [InlineData("www LOC 52 N 4 E", 4, "the altitude of a LOC is missing")]
    [InlineData("www EUI48 00-00-5e-00-53", 4, "'00-00-5e-00-53' is not 6 pairs of hexadecimal digits")]
    [InlineData("www NSEC @ FROB", 4, "'FROB' is not a type of record")]
    [InlineData("old DNAME @\nold NS ns", 5, "'old.example.org.' has a DNAME record, and can have no NS record beside it")]
    [InlineData("old DNAME @\nold DNAME ns", 5, "'old.example.org.' has a second DNAME record")]
    [InlineData("$TTL soon", 4, "'soon' is not a time such as 3600 or 1h")]
    [InlineData("$ORIGIN", 4, "$ORIGIN takes exactly one value")]
    [InlineData("www.other.test. A 192.0.2.1", 4, "'www.other.test.' is not in the zone 'example.org.'")]
    [InlineData("www A 192.0.2.1\nwww CNAME @", 5, "'www.example.org.' has a CNAME record, and can have no other record beside it")]
    [InlineData("www CNAME @\nwww A 192.0.2.1", 5, "'www.example.org.' has a CNAME record, and can have no other record beside it")]
    [InlineData("@ SOA a b 1 1 1 1 1", 4, "it has a second SOA record")]
    [InlineData("a..b A 192.0.2.1", 4, "the name 'a..b' has an empty label")]
    [InlineData("\\300 A 192.0.2.1", 4, "'\\300' has an escape in it that is not '\\' and a number from 000 to 255")]
    [InlineData("www SRV 1 2 70000 @", 4, "'70000' is not a number from 0 to 65535")]
    [InlineData("www DS 1 1 1 XY", 4, "'XY' is not hexadecimal")]
    public void Parse_Mistake_IsToldWithItsLine(string lines, int line, string reason)
    {
        var e = Assert.Throws<ZoneFileException>(() => ZoneFile.Parse("db.example", Head + lines + "\n", null));
        Assert.Equal(("db.example", line), (e.File, e.Line));
        Assert.StartsWith($"The file 'db.example', line {line}, cannot be used, because {reason}", e.Message, StringComparison.Ordinal);
        Assert.EndsWith($"\n  db.example:{line}", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", null, "it has no SOA record")]
    [InlineData("@ SOA a. b. 1 1 1 1 1\n NS a.\n", null, "there is no $ORIGIN that '@' could stand for")]
    [InlineData("example.org. SOA a b 1 1 1 1 1\n NS a.\n", null, "'a' does not end with a dot, and there is no $ORIGIN")]
    [InlineData("example.org. SOA a. b. 1 1 1 1 1\n", null, "the zone 'example.org.' has no NS record")]
    [InlineData("example.org. SOA a. b. 1 1 1 1 1\n NS a.\n", "example.net", "the SOA record is that of 'example.org.', and not of the zone 'example.net.'")]
    [InlineData(" A 192.0.2.1\n", "example.org", "it begins with a blank, and there is no name before it")]
    [InlineData("@ A 192.0.2.1\n", "example.org", "it has no TTL, and there is no $TTL before it")]
    public void Parse_NoWholeZone_IsTold(string text, string? name, string reason)
    {
        var e = Assert.Throws<ZoneFileException>(() => ZoneFile.Parse("f", text, name is null ? null : DnsName.Parse(name, DnsName.Root)));
        Assert.Contains($"because {reason}", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("$ORIGIN example.org.\n@ SOA a b 1 1 1 1 1\n NS a\n", null)]
    [InlineData("example.org. SOA a. b. 1 1 1 1 1\n NS a.\n", null)]
    [InlineData("@ SOA a b 1 1 1 1 1\n NS a\n", "example.org")]
    public void Parse_NameOfTheZone_ComesFromTheFileOrTheOption(string text, string? name) =>
        Assert.Equal("example.org.", ZoneFile.Parse("f", text, name is null ? null : DnsName.Parse(name, DnsName.Root)).Name.ToString());

    [Fact]
    public void Parse_AnyWords_GiveAZoneOrTheOneError() =>
        Gen.Int[0, _words.Length - 1].Select(i => _words[i]).Array[0, 40].Sample(words =>
        {
            try
            {
                ZoneFile.Parse("f", Head + string.Concat(words), null);
            }
            catch (ZoneFileException)
            {
            }
        });

    [Fact]
    public void Print_AnyRecord_CanBeReadAgain() =>
        DnsGen.Record.Sample(record =>
        {
            var text = $"{record.Name} {record.Ttl} {RecordText.Name(record.Type)} {RecordText.Print(record.Type, record.Data.Span)}\n";
            var words = new ZoneLines("f", text).Read().Single().Words;
            return DnsName.Parse(words[0].Text, null) == record.Name && RecordText.TryType(words[2].Text, out var type) && type == record.Type
                && RecordText.Parse(type, [.. words.Skip(3)], null).AsSpan().SequenceEqual(record.Data.Span);
        });
}
