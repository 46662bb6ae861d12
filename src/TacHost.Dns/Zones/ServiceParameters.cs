using System.Globalization;
using System.Net.Sockets;
using TacHost.Dns.Messages;

namespace TacHost.Dns.Zones;

/// <summary>The parameters of SVCB and HTTPS records (RFC 9460, sections 2 and 7).</summary>
internal static class ServiceParameters
{
    private const string Numbered = "key";
    private const int Mandatory = 0;
    private const int Alpn = 1;
    private const int NoDefaultAlpn = 2;

    /// <summary>Names by their numbers, as IANA lists them.</summary>
    private static readonly string[] _names = ["mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath", "ohttp"];

    /// <summary>Reads <c>NAME</c> and <c>NAME=VALUE</c>, in any order.</summary>
    /// <exception cref="FormatException">A word is not a parameter, or parameters contradict each other.</exception>
    public static byte[] Parse(IReadOnlyList<ZoneWord> words)
    {
        SortedDictionary<int, byte[]> parameters = [];
        for (var i = 0; i < words.Count; i++)
        {
            var (name, value) = words[i].Text.Split('=', 2) is [var before, var after] ? (before, after) : (words[i].Text, null);
            if (value is "" && i + 1 < words.Count && words[i + 1].IsJoined)
                value = words[++i].Text;
            if (words[i].IsQuoted && value is null)
                throw new FormatException($"'{words[i].Text}' is not a parameter such as alpn=h2");
            var key = Key(name);
            if (!parameters.TryAdd(key, Value(key, name, value)))
                throw new FormatException($"the parameter '{name}' is there twice");
        }

        if (parameters.ContainsKey(NoDefaultAlpn) && !parameters.ContainsKey(Alpn))
            throw new FormatException("'no-default-alpn' has no 'alpn' beside it");
        if (parameters.TryGetValue(Mandatory, out var mandatory))
        {
            foreach (var pair in mandatory.Chunk(2))
            {
                if (!parameters.ContainsKey((pair[0] << 8) | pair[1]))
                    throw new FormatException($"the mandatory parameter '{Name((pair[0] << 8) | pair[1])}' is missing");
            }
        }

        return [.. parameters.SelectMany(each => (byte[])[.. FieldText.BigEndian16((uint)each.Key), .. FieldText.BigEndian16((uint)each.Value.Length), .. each.Value])];
    }

    /// <summary>Writes parameters by number, with their values as bytes.</summary>
    /// <exception cref="DnsFormatException">The data is not a list of parameters.</exception>
    public static List<string> Print(ref DnsReader reader)
    {
        List<string> words = [];
        var last = -1;
        while (reader.Left > 0)
        {
            int key = reader.ReadUInt16();
            if (key <= last)
                throw new DnsFormatException("parameters are not in order");
            last = key;
            words.Add($"{Numbered}{key}={FieldText.Quoted(reader.ReadBytes(reader.ReadUInt16()))}");
        }

        return words;
    }

    private static string Name(int key) => key < _names.Length ? _names[key] : $"{Numbered}{key}";

    private static int Key(string name)
    {
        if (Array.IndexOf(_names, name) is var known and >= 0)
            return known;
        return name.StartsWith(Numbered, StringComparison.Ordinal) && ushort.TryParse(name.AsSpan(Numbered.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < ushort.MaxValue
            ? number
            : throw new FormatException($"there is no parameter '{name}'; write {string.Join(", ", _names)}, or key and a number");
    }

    private static byte[] Value(int key, string name, string? text)
    {
        var bytes = FieldText.Bytes(text ?? "");

        // By number, a value is bytes.
        if (key >= _names.Length || name != _names[key])
            return bytes;
        var hasValue = bytes.Length > 0;
        if (name is "no-default-alpn" or "ohttp" ? text is not null : !hasValue)
            throw new FormatException(hasValue ? $"the parameter '{name}' has no value" : $"the parameter '{name}' needs a value");
        return name switch
        {
            "mandatory" => Keys(text!),
            "alpn" => [.. Items(bytes).SelectMany(item => item.Length is > 0 and <= byte.MaxValue ? (byte[])[(byte)item.Length, .. item] : throw new FormatException($"'{text}' has a protocol in it that is empty or longer than {byte.MaxValue} bytes"))],
            "port" => FieldText.BigEndian16(FieldText.Number(text!, ushort.MaxValue)),
            "ipv4hint" => [.. text!.Split(',').SelectMany(each => FieldText.Address(each, AddressFamily.InterNetwork))],
            "ipv6hint" => [.. text!.Split(',').SelectMany(each => FieldText.Address(each, AddressFamily.InterNetworkV6))],
            "ech" => FieldText.Base64(text!),
            _ => bytes,
        };
    }

    private static byte[] Keys(string text)
    {
        var keys = text.Split(',').Select(Key).Order().ToList();
        if (keys[0] == Mandatory || keys.Distinct().Count() < keys.Count)
            throw new FormatException($"'{text}' names itself or a parameter twice");
        return [.. keys.SelectMany(key => FieldText.BigEndian16((uint)key))];
    }

    /// <summary>Divides a list at its commas. A backslash takes the meaning from a comma and from itself (RFC 9460, appendix A.1).</summary>
    private static List<byte[]> Items(byte[] list)
    {
        List<byte[]> items = [];
        List<byte> item = [];
        for (var i = 0; i < list.Length; i++)
        {
            if (list[i] == ',')
            {
                items.Add([.. item]);
                item.Clear();
            }
            else
            {
                item.Add(list[i] == '\\' && i + 1 < list.Length ? list[++i] : list[i]);
            }
        }

        items.Add([.. item]);
        return items;
    }
}
