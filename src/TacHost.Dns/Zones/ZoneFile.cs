using System.Text;
using TacHost.Dns.Messages;

namespace TacHost.Dns.Zones;

/// <summary>Parses a master file and its included files into a zone (RFC 1035, section 5; RFC 2308, section 4).</summary>
internal sealed class ZoneFile
{
    private const int MostIncludes = 16;

    private readonly string _path;
    private readonly Action<string> _includes;
    private readonly Stack<string> _including = [];
    private readonly List<(DnsRecord Record, string Path, int Line)> _records = [];
    private DnsName? _origin;
    private DnsName? _owner;
    private uint? _defaultTtl;
    private uint? _lastTtl;

    private ZoneFile(string path, DnsName? origin, Action<string> includes) => (_path, _origin, _includes) = (path, origin, includes);

    /// <summary>Reads a zone from a file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="name">The name of the zone, or null to take it from $ORIGIN or the SOA record.</param>
    /// <param name="includes">A callback that is called with the path of each file before it is included.</param>
    /// <exception cref="ZoneFileException">The file cannot be read or is invalid.</exception>
    public static Zone Read(string path, DnsName? name, Action<string> includes)
    {
        ZoneFile file = new(path, name, includes);
        file.ReadText(path, Text(path));
        return file.Make(name);
    }

    /// <summary>Parses the text of a file.</summary>
    /// <exception cref="ZoneFileException">The text is invalid.</exception>
    public static Zone Parse(string path, string text, DnsName? name)
    {
        ZoneFile file = new(path, name, _ => { });
        file.ReadText(path, text);
        return file.Make(name);
    }

    private static string Text(string path)
    {
        try
        {
            // Latin-1 preserves bytes outside ASCII in texts.
            return File.ReadAllText(path, Encoding.Latin1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ZoneFileException(path, null, $"it cannot be read: {e.Message}", e);
        }
    }

    private void ReadText(string path, string text)
    {
        _including.Push(path);
        foreach (var line in new ZoneLines(path, text).Read())
        {
            try
            {
                ReadLine(line);
            }
            catch (FormatException e)
            {
                throw new ZoneFileException(path, line.Number, e.Message, e);
            }
        }

        _including.Pop();
    }

    private void ReadLine(ZoneLine line)
    {
        var words = line.Words;
        if (!line.IsIndented && words[0] is { IsQuoted: false } first && first.Text.StartsWith('$'))
            ReadDirective(first.Text.ToUpperInvariant(), line);
        else
            ReadRecord(line);
    }

    private void ReadRecord(ZoneLine line)
    {
        var words = line.Words;
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
        _records.Add((new DnsRecord(owner, type, ttl ?? throw new FormatException("it has no TTL, and there is no $TTL before it"), data), _including.Peek(), line.Number));
    }

    private void ReadDirective(string directive, ZoneLine line)
    {
        var words = line.Words;
        switch (directive)
        {
            case "$ORIGIN" or "$TTL" when words.Count != 2:
                throw new FormatException($"{directive} takes exactly one value");
            case "$ORIGIN":
                _origin = DnsName.Parse(words[1].Text, _origin);
                break;
            case "$TTL":
                _defaultTtl = RecordText.TryTime(words[1].Text, out var seconds) ? seconds : throw new FormatException($"'{words[1].Text}' is not a time such as 3600 or 1h");
                break;
            case "$INCLUDE" when words.Count is 2 or 3:
                Include(words[1].Text, words.Count == 3 ? DnsName.Parse(words[2].Text, _origin) : _origin);
                break;
            case "$INCLUDE":
                throw new FormatException("$INCLUDE takes a file and an optional origin");
            case "$GENERATE":
                foreach (var each in GeneratedLines.From(line))
                    ReadRecord(each);
                break;
            default:
                throw new FormatException($"there is no directive '{words[0].Text}', only $ORIGIN, $TTL, $INCLUDE and $GENERATE");
        }
    }

    /// <summary>Includes another file. Changes to the origin and the owner name end with this file (RFC 1035, section 5.1).</summary>
    private void Include(string name, DnsName? origin)
    {
        var path = Path.Combine(Path.GetDirectoryName(_including.Peek()) ?? "", name);
        if (_including.Contains(path))
            throw new FormatException($"'{path}' includes itself");
        if (_including.Count > MostIncludes)
            throw new FormatException($"more than {MostIncludes} files include each other");
        _includes(path);
        var text = File.Exists(path) ? Text(path) : throw new FormatException($"there is no file '{path}'");
        var (originBefore, ownerBefore) = (_origin, _owner);
        _origin = origin;
        ReadText(path, text);
        (_origin, _owner) = (originBefore, ownerBefore);
    }

    private static uint MinimumOf(ReadOnlySpan<byte> soa) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(soa[^sizeof(uint)..]);

    private Zone Make(DnsName? name)
    {
        var soas = _records.Where(each => each.Record.Type == RecordType.SOA).ToList();
        if (soas.Count != 1)
            throw new ZoneFileException(soas.Count > 1 ? soas[1].Path : _path, soas.Count > 1 ? soas[1].Line : null, soas.Count > 1 ? "it has a second SOA record" : "it has no SOA record");
        var (soa, soaPath, soaLine) = soas[0];
        if (name is { } expected && soa.Name != expected)
            throw new ZoneFileException(soaPath, soaLine, $"the SOA record is that of '{soa.Name}', and not of the zone '{expected}'");
        Zone zone = new(soa);
        foreach (var (record, path, line) in _records)
        {
            if (zone.Add(record) is { } fault)
                throw new ZoneFileException(path, line, fault);
        }

        return zone.HasNameServers ? zone : throw new ZoneFileException(soaPath, soaLine, $"the zone '{zone.Name}' has no NS record");
    }
}
