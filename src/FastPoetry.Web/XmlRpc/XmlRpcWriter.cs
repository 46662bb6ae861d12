using System.Globalization;
using System.Text;
using System.Xml;

namespace FastPoetry.Web.XmlRpc;

/// <summary>Writes XML-RPC answers. The values are of the types that <see cref="XmlRpcReader"/> names.</summary>
internal static class XmlRpcWriter
{
    public const string DateFormat = "yyyyMMdd'T'HH:mm:ss";

    // Without Entitize, a carriage return would be read as a line feed.
    private static readonly XmlWriterSettings _settings = new() { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), NewLineHandling = NewLineHandling.Entitize, CloseOutput = false };

    /// <summary>The answer to a call that went well.</summary>
    public static byte[] Response(object value) => Document(xml =>
    {
        xml.WriteStartElement("params");
        xml.WriteStartElement("param");
        WriteValue(xml, value);
        xml.WriteEndElement();
        xml.WriteEndElement();
    });

    /// <summary>The answer to any other. Characters that XML cannot carry are left out.</summary>
    public static byte[] Fault(XmlRpcFaultException fault) => Document(xml =>
    {
        xml.WriteStartElement("fault");
        WriteValue(xml, new Dictionary<string, object> { ["faultCode"] = fault.Code, ["faultString"] = string.Concat(fault.Message.Where(XmlConvert.IsXmlChar)) });
        xml.WriteEndElement();
    });

    public static void WriteValue(XmlWriter xml, object value)
    {
        xml.WriteStartElement("value");
        switch (value)
        {
            case string text:
                xml.WriteElementString("string", text);
                break;
            case int number:
                xml.WriteElementString("int", number.ToString(CultureInfo.InvariantCulture));
                break;
            case long number:
                xml.WriteElementString("i8", number.ToString(CultureInfo.InvariantCulture));
                break;
            case bool truth:
                xml.WriteElementString("boolean", truth ? "1" : "0");
                break;
            case double number:
                xml.WriteElementString("double", number.ToString("R", CultureInfo.InvariantCulture));
                break;
            case DateTime time:
                xml.WriteElementString("dateTime.iso8601", time.ToString(DateFormat, CultureInfo.InvariantCulture));
                break;
            case byte[] bytes:
                xml.WriteElementString("base64", Convert.ToBase64String(bytes));
                break;
            case IReadOnlyDictionary<string, object> members:
                WriteStruct(xml, members);
                break;
            case IReadOnlyList<object> items:
                WriteArray(xml, items);
                break;
            default:
                throw new ArgumentException($"XML-RPC has no type for a {value.GetType().Name}.", nameof(value));
        }

        xml.WriteEndElement();
    }

    private static void WriteStruct(XmlWriter xml, IReadOnlyDictionary<string, object> members)
    {
        xml.WriteStartElement("struct");
        foreach (var (name, member) in members)
        {
            xml.WriteStartElement("member");
            xml.WriteElementString("name", name);
            WriteValue(xml, member);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void WriteArray(XmlWriter xml, IReadOnlyList<object> items)
    {
        xml.WriteStartElement("array");
        xml.WriteStartElement("data");
        foreach (var item in items)
            WriteValue(xml, item);
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static byte[] Document(Action<XmlWriter> content)
    {
        using MemoryStream bytes = new();
        using (var xml = XmlWriter.Create(bytes, _settings))
        {
            xml.WriteStartElement("methodResponse");
            content(xml);
            xml.WriteEndElement();
        }

        return bytes.ToArray();
    }
}
