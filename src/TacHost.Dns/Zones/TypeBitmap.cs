using TacHost.Dns.Messages;

namespace TacHost.Dns.Zones;

/// <summary>The types that a name has, as NSEC and NSEC3 list them (RFC 4034, section 4.1.2).</summary>
internal static class TypeBitmap
{
    private const int WindowSize = 32;

    /// <summary>Reads the names of types.</summary>
    /// <exception cref="FormatException">A word is not a type.</exception>
    public static byte[] Parse(IEnumerable<ZoneWord> words)
    {
        List<byte> data = [];
        var types = words.Select(word => RecordText.TryType(word.Text, out var type) ? (int)type : throw new FormatException($"'{word.Text}' is not a type of record")).ToHashSet();
        foreach (var window in types.GroupBy(type => type >> 8).OrderBy(group => group.Key))
        {
            var bits = new byte[window.Max(type => type & 0xff) / 8 + 1];
            foreach (var type in window)
                bits[(type & 0xff) / 8] |= (byte)(0x80 >> (type % 8));
            data.AddRange([(byte)window.Key, (byte)bits.Length, .. bits]);
        }

        return [.. data];
    }

    /// <summary>Writes the names of types.</summary>
    /// <exception cref="DnsFormatException">The data is not a list of types.</exception>
    public static List<string> Print(ref DnsReader reader)
    {
        List<string> names = [];
        var last = -1;
        while (reader.Left > 0)
        {
            int window = reader.ReadByte();
            var bits = reader.ReadBytes(reader.ReadByte());
            if (window <= last || bits.Length is 0 or > WindowSize || bits[^1] == 0)
                throw new DnsFormatException("a list of types is not in order");
            last = window;
            for (var i = 0; i < bits.Length * 8; i++)
            {
                if ((bits[i / 8] & (0x80 >> (i % 8))) != 0)
                    names.Add(RecordText.Name((RecordType)((window << 8) | i)));
            }
        }

        return names;
    }
}
