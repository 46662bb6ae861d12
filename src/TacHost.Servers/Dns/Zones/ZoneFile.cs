using System.Text;
using TacHost.Servers.Dns.Messages;

namespace TacHost.Servers.Dns.Zones;

/// <summary>Reads a zone from a master file (RFC 1035, section 5; RFC 2308, section 4).</summary>
internal sealed class ZoneFile
{
    private readonly string _path;
    private readonly List<(DnsRecord Record, int Line)> _records = [];
    private DnsName? _origin;
    private DnsName? _owner;
    private uint? _defaultTtl;
    private uint? _lastTtl;

    private ZoneFile(string path, DnsName? origin) => (_path, _origin) = (path, origin);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The name of the zone, or null if the file says it, by $ORIGIN or in the SOA record.</param>
    /// <exception cref="ZoneFileException">It cannot be used.</exception>
    public static Zone Read(string path, DnsName? name)
    {
        string text;
        try
        {
            // Bytes beyond ASCII go into texts as they are.
            text = File.ReadAllText(path, Encoding.Latin1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ZoneFileException(path, null, $"it cannot be read: {e.Message}", e);
        }

        return Parse(path, text, name);
    }

    /// <summary>Reads the text of a file.</summary>
    /// <exception cref="ZoneFileException">It cannot be used.</exception>
    public static Zone Parse(string path, string text, DnsName? name)
    {
        ZoneFile file = new(path, name);
        foreach (var line in new ZoneLines(path, text).Read())
        {
            try
            {
                file.Take(line);
            }
            catch (FormatException e)
            {
                throw new ZoneFileException(path, line.Number, e.Message, e);
            }
        }

        return file.Make(name);
    }

    private void Take(ZoneLine line)
    {
        var words = line.Words;
        if (!line.IsIndented && words[0] is { IsQuoted: false } first && first.Text.StartsWith('$'))
        {
            TakeDirective(first.Text.ToUpperInvariant(), words);
            return;
        }

        var next = 0;
        if (!line.IsIndented)
            _owner = DnsName.Parse(words[next++].Text, _origin);
        uint? ttl = null;
        var hasClass = false;
        for (; next < words.Count && !words[next].IsQuoted; next++)
        {
            var word = words[next].Text;
            if (!hasClass && word.ToUpperInvariant() is "IN" or "CH" or "HS" or "CS" or "CLASS1")
                hasClass = word.ToUpperInvariant() is "IN" or "CLASS1" ? true : throw new FormatException($"the class '{word}' is not served, only IN");
            else if (ttl is null && char.IsAsciiDigit(word[0]))
                ttl = RecordText.TryTime(word, out var seconds) ? seconds : throw new FormatException($"'{word}' is not a time such as 3600 or 1h");
            else
                break;
        }

        if (_owner is not { } owner)
            throw new FormatException("it begins with a blank, and there is no name before it");
        if (next >= words.Count)
            throw new FormatException("there is no type in it");
        if (!RecordText.TryType(words[next].Text, out var type) || type is RecordType.OPT or 0 or (>= (RecordType)128 and <= RecordType.ANY))
            throw new FormatException($"'{words[next].Text}' is not a type of record that can be here; write TYPE and its number, and the data as '\\# LENGTH HEX'");
        var data = RecordText.Parse(type, [.. words.Skip(next + 1)], _origin);
        _lastTtl = ttl ?? _lastTtl;
        if (type == RecordType.SOA)
            ttl ??= _defaultTtl ?? MinimumOf(data);
        ttl ??= _defaultTtl ?? _lastTtl ?? (_records.Count > 0 && _records[0].Record.Type == RecordType.SOA ? MinimumOf(_records[0].Record.Data.Span) : null);
        _records.Add((new DnsRecord(owner, type, ttl ?? throw new FormatException("it has no TTL, and there is no $TTL before it"), data), line.Number));
    }

    private void TakeDirective(string directive, IReadOnlyList<ZoneWord> words)
    {
        if (directive is not ("$ORIGIN" or "$TTL"))
            throw new FormatException(directive is "$INCLUDE" or "$GENERATE" ? $"{directive} is not supported; write the records into this file" : $"there is no directive '{words[0].Text}', only $ORIGIN and $TTL");
        if (words.Count != 2)
            throw new FormatException($"{directive} has exactly one value");
        if (directive == "$ORIGIN")
            _origin = DnsName.Parse(words[1].Text, _origin);
        else
            _defaultTtl = RecordText.TryTime(words[1].Text, out var seconds) ? seconds : throw new FormatException($"'{words[1].Text}' is not a time such as 3600 or 1h");
    }

    private static uint MinimumOf(ReadOnlySpan<byte> soa) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(soa[^sizeof(uint)..]);

    private Zone Make(DnsName? name)
    {
        var soas = _records.Where(each => each.Record.Type == RecordType.SOA).ToList();
        if (soas.Count != 1)
            throw new ZoneFileException(_path, soas.Count > 1 ? soas[1].Line : null, soas.Count > 1 ? "it has a second SOA record" : "it has no SOA record");
        var (soa, soaLine) = soas[0];
        if (name is { } expected && soa.Name != expected)
            throw new ZoneFileException(_path, soaLine, $"the SOA record is that of '{soa.Name}', and not of the zone '{expected}'");
        Zone zone = new(soa);
        foreach (var (record, line) in _records)
        {
            if (zone.Add(record) is { } fault)
                throw new ZoneFileException(_path, line, fault);
        }

        return zone.HasNameServers ? zone : throw new ZoneFileException(_path, soaLine, $"the zone '{zone.Name}' has no NS record");
    }
}
