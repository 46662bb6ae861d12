using System.Globalization;
using System.Text;
using System.Xml;

namespace FastPoetry.Web.XmlRpc;

/// <summary>A parser for XML-RPC calls (http://xmlrpc.com/spec.md), including <c>i8</c>.</summary>
/// <remarks>
/// Values become <see cref="string"/>, <see cref="int"/>, <see cref="long"/>, <see cref="bool"/>, <see cref="double"/>,
/// <see cref="DateTime"/>, arrays of <see cref="byte"/> (base64) and <see cref="object"/>, and dictionaries.
/// A DTD is rejected, and therefore every entity except the five predefined ones. The parser never reads anything outside of the document.
/// </remarks>
internal sealed class XmlRpcReader
{
    private const int Deepest = 32;
    private const int LongestName = 255;

    private static readonly XmlReaderSettings _settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        MaxCharactersInDocument = PoetryXmlRpc.LongestCall,
    };

    private readonly XmlReader _xml;

    // True after an element without an end tag, because XmlReader does not report its end.
    private bool _emptied;

    private XmlRpcReader(XmlReader xml) => _xml = xml;

    private bool AtEnd => _xml.NodeType == XmlNodeType.EndElement || _emptied;

    /// <summary>Parses a call.</summary>
    /// <exception cref="XmlRpcFaultException">The document is not a valid call; the message contains the reason. No other exception is thrown.</exception>
    public static XmlRpcCall Read(byte[] document)
    {
        try
        {
            using var xml = XmlReader.Create(new MemoryStream(document), _settings);
            return new XmlRpcReader(xml).ReadCall();
        }
        catch (XmlException e)
        {
            throw new XmlRpcFaultException(XmlRpcFaultException.NotWellFormed, $"This is not well-formed XML without a DTD: {e.Message}");
        }
    }

    private XmlRpcCall ReadCall()
    {
        _xml.MoveToContent();
        if (!Begin("methodCall"))
            throw NotACall("a methodCall is expected");
        if (!Begin("methodName"))
            throw NotACall("the methodName comes first");
        var method = ReadLeaf();
        if (method.Length is 0 or > LongestName)
            throw NotACall($"the methodName has {method.Length} characters, and must have 1 to {LongestName}");
        List<object> parameters = [];
        if (Begin("params"))
        {
            while (Begin("param"))
            {
                parameters.Add(ReadValue(1));
                End();
            }

            End();
        }

        End();
        while (_xml.Read())
        {
            // The rest of the document must be well-formed too.
        }

        return new XmlRpcCall(method, parameters);
    }

    private object ReadValue(int depth)
    {
        if (depth > Deepest)
            throw NotACall($"values are nested deeper than {Deepest}");
        if (!Begin("value"))
            throw NotACall("a value is expected");
        var text = ReadText();
        if (AtEnd)
        {
            End();
            return text;
        }

        if (!IsBlank(text))
            throw NotACall("a value is either text or an element");
        var type = _xml.Name;
        Begin(type);
        var value = type switch
        {
            "array" => ReadArray(depth),
            "struct" => ReadStruct(depth),
            _ => Convert(type, ReadLeaf()),
        };
        End();
        return value;
    }

    private object[] ReadArray(int depth)
    {
        if (!Begin("data"))
            throw NotACall("an array has one data element");
        List<object> items = [];
        while (!AtEndAfterBlanks())
            items.Add(ReadValue(depth + 1));
        End();
        End();
        return [.. items];
    }

    private Dictionary<string, object> ReadStruct(int depth)
    {
        Dictionary<string, object> members = [];
        while (Begin("member"))
        {
            if (!Begin("name"))
                throw NotACall("the name of a member comes first");
            var name = ReadLeaf();
            if (!members.TryAdd(name, ReadValue(depth + 1)))
                throw NotACall("a struct has two members of one name");
            End();
        }

        End();
        return members;
    }

    private static object Convert(string type, string text)
    {
        const NumberStyles signed = NumberStyles.AllowLeadingSign;
        var trimmed = text.Trim();
        return type switch
        {
            "string" => text,
            "int" or "i4" when int.TryParse(trimmed, signed, CultureInfo.InvariantCulture, out var number) => number,
            "i8" when long.TryParse(trimmed, signed, CultureInfo.InvariantCulture, out var number) => number,
            "boolean" when trimmed is "0" or "1" => trimmed == "1",
            "double" when double.TryParse(trimmed, signed | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) => number,
            "dateTime.iso8601" when DateTime.TryParseExact(trimmed, XmlRpcWriter.DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) => time,
            "base64" when TryDecode(text) is { } bytes => bytes,
            _ => throw NotACall($"this is not a value of the type '{Shortened(type)}'"),
        };
    }

    private static byte[]? TryDecode(string text)
    {
        var bytes = new byte[text.Length];
        return System.Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    /// <summary>Enters the next element if it has this name.</summary>
    private bool Begin(string name)
    {
        if (AtEndAfterBlanks() || _xml.NodeType != XmlNodeType.Element || _xml.Name != name)
            return false;
        _emptied = _xml.IsEmptyElement;
        if (!_emptied)
            _xml.Read();
        return true;
    }

    /// <summary>Leaves an element. Throws if the element has further content.</summary>
    private void End()
    {
        if (!AtEndAfterBlanks())
            throw NotACall(_xml.NodeType == XmlNodeType.Element ? $"the element '{Shortened(_xml.Name)}' is not allowed there" : "text is not allowed there");
        _emptied = false;
        _xml.Read();
    }

    private bool AtEndAfterBlanks()
    {
        while (!_emptied && _xml.NodeType is XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace)
            _xml.Read();
        return AtEnd;
    }

    /// <summary>Reads the text up to the next tag.</summary>
    private string ReadText()
    {
        if (_emptied)
            return "";
        StringBuilder text = new();
        while (_xml.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace)
        {
            text.Append(_xml.Value);
            _xml.Read();
        }

        return text.ToString();
    }

    /// <summary>Reads the text of an element that contains only text, and leaves the element.</summary>
    private string ReadLeaf()
    {
        var text = ReadText();
        End();
        return text;
    }

    private static bool IsBlank(string text) => text.AsSpan().Trim(" \t\r\n").IsEmpty;

    private static string Shortened(string name) => name.Length <= LongestName ? name : name[..LongestName] + "…";

    private static XmlRpcFaultException NotACall(string reason) => new(XmlRpcFaultException.NotACall, $"This is not an XML-RPC call: {reason}.");
}
