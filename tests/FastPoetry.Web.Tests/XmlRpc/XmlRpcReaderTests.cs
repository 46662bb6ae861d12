using System.Text;
using System.Xml;
using CsCheck;
using FastPoetry.Web.XmlRpc;

namespace FastPoetry.Web.Tests.XmlRpc;

public sealed class XmlRpcReaderTests
{
    private static readonly Gen<string> _text = Gen.String[Gen.OneOf(Gen.Char[' ', '\ud7ff'], Gen.Char["\t\n\r<&>'\"]"]), 0, 12];

    private static readonly Gen<object> _leaf = Gen.OneOf(
        _text.Select(object (each) => each),
        Gen.Int.Select(object (each) => each),
        Gen.Long.Select(object (each) => each),
        Gen.Bool.Select(object (each) => each),
        Gen.Double.Select(object (each) => each),
        Gen.Byte.Array[0, 20].Select(object (each) => each),
        Gen.Long[0, 200_000_000_000].Select(object (seconds) => DateTime.MinValue.AddSeconds(seconds)));

    private static readonly Gen<object> _value = Gen.Recursive<object>((depth, inner) => depth > 4
        ? _leaf
        : Gen.Frequency(
            (4, _leaf),
            (1, inner.Array[0, 4].Select(object (each) => each)),
            (1, Gen.Dictionary(_text, inner)[0, 3].Select(object (each) => each))));

    [Fact]
    public void Read_AnyPrintedValues_AreReadBack() =>
        Gen.Select(_value.Array[0, 3], Gen.Bool).Sample((values, indented) => Assert.Equivalent(values, XmlRpcReader.Read(Call(values, indented)).Parameters, strict: true));

    [Fact]
    public void Read_AnyBytes_ThrowsNothingButAFault() =>
        Gen.OneOf(
            Gen.Byte.Array[0, 200],
            _value.Array[1, 2].SelectMany(values => Damaged(Call(values, false))),
            Gen.Select(Gen.OneOf<string>([.. ((string[])["utf-7", "utf-16", "utf-32", "ascii", "ebcdic-cp-us", "x", "iso-8859-1"]).Select(Gen.Const)]), Gen.Byte.Array[0, 60], (name, rest) => (byte[])[.. Encoding.ASCII.GetBytes($"<?xml version='1.0' encoding='{name}'?><methodCall>"), .. rest]))
        .Sample(document =>
        {
            try
            {
                XmlRpcReader.Read(document);
            }
            catch (XmlRpcFaultException e)
            {
                // The documented error; and it can be told.
                XmlRpcWriter.Fault(e);
            }
        });

    [Theory]
    [InlineData("<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]><methodCall><methodName>&b;</methodName></methodCall>")]
    [InlineData("<!DOCTYPE x SYSTEM 'file:///etc/passwd'><methodCall><methodName>x</methodName></methodCall>")]
    [InlineData("<methodCall><methodName>&unknown;</methodName></methodCall>")]
    [InlineData("<methodCall><methodName>x</methodName></methodCall><methodCall/>")]
    [InlineData("<methodCall><methodName>x</methodName>")]
    [InlineData("")]
    public void Read_DtdOrBrokenXml_IsNotWellFormed(string document) =>
        Assert.Equal(XmlRpcFaultException.NotWellFormed, Assert.Throws<XmlRpcFaultException>(() => XmlRpcReader.Read(Encoding.UTF8.GetBytes(document))).Code);

    [Theory]
    [InlineData("<methodResponse/>")]
    [InlineData("<methodCall/>")]
    [InlineData("<methodCall>text<methodName>x</methodName></methodCall>")]
    [InlineData("<methodCall><params/><methodName>x</methodName></methodCall>")]
    [InlineData("<methodCall><methodName>x<b/></methodName></methodCall>")]
    [InlineData("<methodCall><methodName>x</methodName><more/></methodCall>")]
    [InlineData("<methodCall><methodName>x</methodName><params><value>1</value></params></methodCall>")]
    [InlineData("<methodCall><methodName>x</methodName><params><param/></params></methodCall>")]
    [InlineData("<methodCall><methodName>x</methodName><params><param><value>a<int>1</int></value></param></params></methodCall>")]
    [InlineData("<methodCall><methodName>x</methodName><params><param><value><int>1</int>a</value></param></params></methodCall>")]
    [InlineData("<methodCall><methodName>x</methodName><params><param><value><int>2147483648</int></value></param></params></methodCall>")]
    [InlineData("<methodCall><methodName>x</methodName><params><param><value><boolean>2</boolean></value></param></params></methodCall>")]
    [InlineData("<methodCall><methodName>x</methodName><params><param><value><base64>?</base64></value></param></params></methodCall>")]
    [InlineData("<methodCall><methodName>x</methodName><params><param><value><huge/></value></param></params></methodCall>")]
    [InlineData("<methodCall><methodName>x</methodName><params><param><value><array/></value></param></params></methodCall>")]
    [InlineData("<methodCall><methodName>x</methodName><params><param><value><struct><member><value>1</value></member></struct></value></param></params></methodCall>")]
    public void Read_OtherXml_IsNoCall(string document) =>
        Assert.Equal(XmlRpcFaultException.NotACall, Assert.Throws<XmlRpcFaultException>(() => XmlRpcReader.Read(Encoding.UTF8.GetBytes(document))).Code);

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    [InlineData(900, false)]
    public void Read_Nested_IsReadDownToTheLimit(int depth, bool expected)
    {
        var nested = string.Concat(Enumerable.Repeat("<value><array><data>", depth - 1)) + "<value>x</value>" + string.Concat(Enumerable.Repeat("</data></array></value>", depth - 1));
        var document = Encoding.UTF8.GetBytes($"<methodCall><methodName>x</methodName><params><param>{nested}</param></params></methodCall>");
        Assert.Equal(expected, Record.Exception(() => XmlRpcReader.Read(document)) is null);
    }

    [Fact]
    public void Read_LongestCall_AllocatesNoMoreThanAFewTimesItsLength()
    {
        var document = Encoding.UTF8.GetBytes("<methodCall><methodName>x</methodName><params>" + string.Concat(Enumerable.Repeat("<param><value/></param>", 2_700)) + "</params></methodCall>");
        Assert.InRange(document.Length, 60_000, PoetryXmlRpc.LongestCall);
        XmlRpcReader.Read(document);
        var before = GC.GetAllocatedBytesForCurrentThread();
        XmlRpcReader.Read(document);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20L * PoetryXmlRpc.LongestCall);
    }

    private static Gen<byte[]> Damaged(byte[] document) =>
        Gen.Select(Gen.Int[0, document.Length - 1], Gen.Int[0, 4], Gen.Byte.Array[0, 4], (at, removed, added) => (byte[])[.. document[..at], .. added, .. document[Math.Min(document.Length, at + removed)..]]);

    private static byte[] Call(object[] values, bool indented)
    {
        using MemoryStream bytes = new();
        using (var xml = XmlWriter.Create(bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(false), NewLineHandling = NewLineHandling.Entitize, Indent = indented }))
        {
            xml.WriteStartElement("methodCall");
            xml.WriteElementString("methodName", "print");
            xml.WriteStartElement("params");
            foreach (var value in values)
            {
                xml.WriteStartElement("param");
                XmlRpcWriter.WriteValue(xml, value);
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        return bytes.ToArray();
    }
}
