using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace TacHost.Dns.Messages;

/// <summary>A domain name in uncompressed wire format. Preserves the case, but comparisons ignore it (RFC 4343).</summary>
internal readonly struct DnsName : IEquatable<DnsName>
{
    public const int Longest = 255;
    public const int LongestLabel = 63;

    private static readonly byte[] _root = [0];
    private readonly ReadOnlyMemory<byte> _wire;

    public DnsName(ReadOnlyMemory<byte> wire) => _wire = wire;

    public static DnsName Root => default;

    /// <summary>Gets the wire format: each label after its length, then the empty label.</summary>
    public ReadOnlyMemory<byte> Wire => _wire.IsEmpty ? _root : _wire;

    public bool IsRoot => _wire.Length <= 1;

    /// <summary>Gets the name without its first label. Invalid for the root.</summary>
    public DnsName Parent => new(_wire[(1 + _wire.Span[0])..]);

    public static bool operator ==(DnsName one, DnsName other) => one.Equals(other);

    public static bool operator !=(DnsName one, DnsName other) => !one.Equals(other);

    /// <summary>Parses the syntax of zone files: <c>\.</c>, <c>\255</c>, <c>@</c>, and names without a final dot, which are relative to an origin.</summary>
    /// <exception cref="FormatException">The text is not a domain name. The message is a reason, to follow "because".</exception>
    public static DnsName Parse(string text, DnsName? origin)
    {
        if (text == "@")
            return origin ?? throw new FormatException("there is no $ORIGIN that '@' could stand for");
        if (text.Length == 0)
            throw new FormatException("a name is empty");
        if (text == ".")
            return Root;
        List<byte> wire = [0];
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '.')
            {
                EndLabel(wire, start, text);
                start = wire.Count;
                wire.Add(0);
            }
            else
            {
                wire.Add(Escaped(text, ref i));
            }
        }

        if (wire.Count - start > 1)
        {
            EndLabel(wire, start, text);
            wire.AddRange((origin ?? throw new FormatException($"'{text}' does not end with a dot, and there is no $ORIGIN")).Wire.Span);
        }

        return wire.Count <= Longest ? new DnsName(wire.ToArray()) : throw new FormatException($"the name '{text}' is longer than {Longest} bytes");
    }

    /// <summary>Parses an absolute name, whose final dot is optional.</summary>
    public static bool TryParse(string text, out DnsName name)
    {
        try
        {
            name = Parse(text, Root);
            return true;
        }
        catch (FormatException)
        {
            name = default;
            return false;
        }
    }

    /// <summary>Returns the byte that a character or an escape sequence represents.</summary>
    /// <exception cref="FormatException">The character or the escape sequence does not represent a byte.</exception>
    public static byte Escaped(string text, ref int i)
    {
        if (text[i] != '\\')
            return text[i] <= byte.MaxValue ? (byte)text[i] : throw new FormatException($"'{text}' has a character in it that is no byte");
        if (++i >= text.Length)
            throw new FormatException($"'{text}' ends in the middle of an escape");
        if (!char.IsAsciiDigit(text[i]))
            return text[i] <= byte.MaxValue ? (byte)text[i] : throw new FormatException($"'{text}' has a character in it that is no byte");
        if (i + 2 >= text.Length || !byte.TryParse(text.AsSpan(i, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            throw new FormatException($"'{text}' has an escape in it that is not '\\' and a number from 000 to 255");
        i += 2;
        return value;
    }

    /// <summary>Returns true if the name is equal to <paramref name="zone"/> or below it.</summary>
    public bool IsWithin(DnsName zone)
    {
        for (var name = this; ; name = name.Parent)
        {
            if (name == zone)
                return true;
            if (name.IsRoot)
                return false;
        }
    }

    /// <summary>Returns the name with a label prepended, or null if the result is too long.</summary>
    public DnsName? Prepend(ReadOnlySpan<byte> label) =>
        Wire.Length + 1 + label.Length <= Longest ? new DnsName((byte[])[(byte)label.Length, .. label, .. Wire.Span]) : null;

    public bool Equals(DnsName other)
    {
        var one = Wire.Span;
        var two = other.Wire.Span;
        if (one.Length != two.Length)
            return false;
        for (var i = 0; i < one.Length; i++)
        {
            if (Lower(one[i]) != Lower(two[i]))
                return false;
        }

        return true;
    }

    public override bool Equals([NotNullWhen(true)] object? obj) => obj is DnsName other && Equals(other);

    public override int GetHashCode()
    {
        // Clients choose the names, so the hash must be unpredictable. HashCode uses a random seed.
        Span<byte> lower = stackalloc byte[Longest];
        var wire = Wire.Span;
        for (var i = 0; i < wire.Length; i++)
            lower[i] = Lower(wire[i]);
        HashCode hash = default;
        hash.AddBytes(lower[..wire.Length]);
        return hash.ToHashCode();
    }

    /// <summary>Returns the name in the syntax of zone files, with a final dot.</summary>
    public override string ToString()
    {
        if (IsRoot)
            return ".";
        StringBuilder text = new();
        for (var name = this; !name.IsRoot; name = name.Parent)
        {
            foreach (var each in name.Wire.Span.Slice(1, name.Wire.Span[0]))
                AppendEscaped(text, each, ".;\"\\()@$ ");
            text.Append('.');
        }

        return text.ToString();
    }

    /// <summary>Appends a byte in the syntax of zone files.</summary>
    public static void AppendEscaped(StringBuilder text, byte value, string special)
    {
        if (value is < 0x20 or > 0x7e)
            text.Append(CultureInfo.InvariantCulture, $"\\{value:000}");
        else if (special.Contains((char)value, StringComparison.Ordinal))
            text.Append('\\').Append((char)value);
        else
            text.Append((char)value);
    }

    /// <summary>Converts to lower case. The length of a label is never an ASCII letter, so the method can be applied to the whole wire format.</summary>
    private static byte Lower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;

    private static void EndLabel(List<byte> wire, int start, string text)
    {
        var length = wire.Count - start - 1;
        if (length is 0 or > LongestLabel)
            throw new FormatException(length == 0 ? $"the name '{text}' has an empty label" : $"the name '{text}' has a label of more than {LongestLabel} bytes");
        wire[start] = (byte)length;
    }
}
