using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;

namespace TacHost;

/// <summary>A 128-bit hash that identifies contents. Protects against accidents, not against forgery (ADR 1).</summary>
/// <remarks>
/// Consists of two XxHash64 with different seeds. XxHash128 uses wide vectors, for which
/// precompiled code is not used, and its JIT compilation took 5 ms of every start.
/// </remarks>
internal sealed class Fingerprint
{
    /// <summary>The size in bytes.</summary>
    public const int Size = 2 * sizeof(ulong);

    private const long OtherSeed = 0x5441_4348_4F53_5421;

    private readonly XxHash64 _first = new();
    private readonly XxHash64 _second = new(OtherSeed);

    public static void Write(ReadOnlySpan<byte> content, Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, XxHash64.HashToUInt64(content));
        BinaryPrimitives.WriteUInt64BigEndian(destination[sizeof(ulong)..], XxHash64.HashToUInt64(content, OtherSeed));
    }

    /// <summary>Returns true if the bytes begin with the fingerprint of the remaining bytes.</summary>
    public static bool IsAtFrontOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= Size)
            return false;
        Span<byte> expected = stackalloc byte[Size];
        Write(bytes[Size..], expected);
        return expected.SequenceEqual(bytes[..Size]);
    }

    /// <summary>Adds the next part of the content.</summary>
    public void Append(ReadOnlySpan<byte> content)
    {
        _first.Append(content);
        _second.Append(content);
    }

    /// <summary>Returns the fingerprint as 32 hexadecimal digits.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{_first.GetCurrentHashAsUInt64():x16}{_second.GetCurrentHashAsUInt64():x16}");
}
