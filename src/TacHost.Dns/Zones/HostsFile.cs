using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TacHost.Dns.Messages;
using TacHost.Services.Networking;

namespace TacHost.Dns.Zones;

/// <summary>The names and addresses of a file such as /etc/hosts (hosts(5)).</summary>
internal sealed class HostsFile
{
    /// <summary>The TTL in seconds, the same as in Twisted.</summary>
    private const uint Ttl = 60;

    private readonly Dictionary<DnsName, List<DnsRecord>> _records = [];

    /// <summary>Gets the numbers of the lines that cannot be used.</summary>
    public List<int> SkippedLines { get; } = [];

    /// <summary>Reads a hosts file.</summary>
    /// <exception cref="ZoneFileException">The file cannot be read.</exception>
    public static HostsFile Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ZoneFileException(path, null, $"it cannot be read: {e.Message}", e);
        }
    }

    public static HostsFile Parse(string text)
    {
        HostsFile hosts = new();
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var words = line.Split('#')[0].Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0 && !hosts.TryReadLine(words))
                hosts.SkippedLines.Add(number);
        }

        return hosts;
    }

    /// <summary>Answers a question about a name that is in the file.</summary>
    /// <returns>True if the name is in the file.</returns>
    public bool Answer(DnsName name, RecordType type, DnsMessage response)
    {
        if (!_records.TryGetValue(name, out var records))
            return false;
        response.IsAuthoritative |= response.Answers.Count == 0;
        response.Answers.AddRange(type == RecordType.ANY ? [Zone.MinimalAny(name)] : records.Where(record => record.Type == type).Select(record => record with { Name = name }));
        return true;
    }

    /// <summary>Returns the name for the reverse lookup of an address (RFC 1035, section 3.5; RFC 3596, section 2.5).</summary>
    public static DnsName ReverseName(IPAddress address)
    {
        var bytes = address.GetAddressBytes().Reverse();
        var labels = address.AddressFamily == AddressFamily.InterNetwork
            ? bytes.Select(each => each.ToString(CultureInfo.InvariantCulture)).Append("in-addr")
            : bytes.SelectMany(each => new[] { each & 0xf, each >> 4 }).Select(each => each.ToString("x", CultureInfo.InvariantCulture)).Append("ip6");
        return DnsName.Parse($"{string.Join('.', labels)}.arpa.", null);
    }

    private bool TryReadLine(string[] words)
    {
        List<DnsName> names = [];
        foreach (var word in words.Skip(1))
        {
            if (!DnsName.TryParse(word, out var name) || name.IsRoot)
                return false;
            names.Add(name);
        }

        if (names.Count == 0 || !AddressText.TryParseScoped(words[0], out var address))
            return false;
        foreach (var name in names)
            Add(new DnsRecord(name, address.AddressFamily == AddressFamily.InterNetwork ? RecordType.A : RecordType.AAAA, Ttl, address.GetAddressBytes()));

        // The first name on the first line of an address is its canonical name.
        var reverse = ReverseName(address);
        if (!_records.ContainsKey(reverse))
            Add(new DnsRecord(reverse, RecordType.PTR, Ttl, names[0].Wire));
        return true;
    }

    private void Add(DnsRecord record)
    {
        if (!_records.TryGetValue(record.Name, out var records))
            _records.Add(record.Name, records = []);
        if (!records.Contains(record))
            records.Add(record);
    }
}
