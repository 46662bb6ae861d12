using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TacHost.Services.Networking.Connections;

/// <summary>A parser for the header in which a proxy sends the original addresses of a connection: the PROXY protocol of HAProxy, versions 1 and 2.</summary>
/// <remarks>
/// Reads no byte beyond the header, so that the data after it remains in the socket. A null result means the addresses of the connection itself.
/// </remarks>
internal static class ProxyHeader
{
    /// <summary>The maximum length of a version 1 header, including the end of the line.</summary>
    public const int LongestLine = 107;
    private const int SignatureLength = 12;
    private const int FixedLength = 16;
    private const int IPv4Length = 12;
    private const int IPv6Length = 36;
    private const int UnixLength = 216;
    private const int MostAtOnce = 4096;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    private static ReadOnlySpan<byte> LineStart => "PROXY "u8;

    /// <summary>Receives the header.</summary>
    /// <param name="socket">The accepted connection.</param>
    /// <param name="peer">The peer of the connection.</param>
    /// <param name="trusted">The trusted proxies.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="FormatException">The received data is not a PROXY header, or the peer is not a trusted proxy.</exception>
    public static async Task<ConnectionEnds?> ReceiveAsync(Socket socket, EndPoint? peer, TrustedProxies trusted, CancellationToken cancellationToken)
    {
        if (!trusted.Contains(peer))
            throw new FormatException($"{(peer as IPEndPoint)?.Address} is not a trusted proxy. If it is one, add it to 'haproxy:trust={trusted}:…'.");

        // Longer than the signature of version 2 and shorter than the shortest line of version 1.
        var header = new byte[LongestLine];
        var count = 0;
        while (count < SignatureLength)
        {
            count += await ReceiveSomeAsync(socket, header.AsMemory(count, SignatureLength - count), cancellationToken);
            if (!StartsLike(header.AsSpan(0, count), Signature) && !StartsLike(header.AsSpan(0, count), LineStart))
                throw new FormatException("it does not begin with a PROXY header. Is the proxy in front configured to send one?");
        }

        if (!header.AsSpan(0, count).SequenceEqual(Signature))
            return ParseLine((await ReceiveLineAsync(socket, header, count, cancellationToken)).Span);
        await ReceiveAllAsync(socket, header.AsMemory(count, FixedLength - count), cancellationToken);
        int length = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(FixedLength - sizeof(ushort)));
        var addresses = header.AsMemory(FixedLength, Math.Min(length, IPv6Length));
        await ReceiveAllAsync(socket, addresses, cancellationToken);
        var ends = ParseBinary(header.AsSpan(0, FixedLength), addresses.Span);

        // Longer addresses and additional fields are ignored.
        await SkipAsync(socket, length - addresses.Length, cancellationToken);
        return ends;
    }

    /// <summary>Parses a line of version 1, including its end.</summary>
    /// <exception cref="FormatException">The line is not a valid header.</exception>
    public static ConnectionEnds? ParseLine(ReadOnlySpan<byte> line)
    {
        if (line.Length > LongestLine || !line.StartsWith(LineStart) || !line.EndsWith("\r\n"u8) || !Ascii.IsValid(line))
            throw Broken();
        var words = Encoding.ASCII.GetString(line[..^2]).Split(' ');
        if (words[1] == "UNKNOWN")
            return null;
        var family = words[1] switch
        {
            "TCP4" => AddressFamily.InterNetwork,
            "TCP6" => AddressFamily.InterNetworkV6,
            _ => throw Broken(),
        };
        if (words.Length != 6)
            throw Broken();
        return new ConnectionEnds(new IPEndPoint(Address(words[2]), Port(words[4])), new IPEndPoint(Address(words[3]), Port(words[5])));

        IPAddress Address(string text)
        {
            return AddressText.TryParse(text, out var address) && address.AddressFamily == family ? address : throw Broken();
        }

        int Port(string text) =>
            ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && (text[0] != '0' || text.Length == 1) ? port : throw Broken();
    }

    /// <summary>Parses a header of version 2.</summary>
    /// <param name="header">The first 16 bytes.</param>
    /// <param name="addresses">The bytes after the first 16, at most 36.</param>
    /// <exception cref="FormatException">The bytes are not a valid header.</exception>
    public static ConnectionEnds? ParseBinary(ReadOnlySpan<byte> header, ReadOnlySpan<byte> addresses)
    {
        if (header.Length != FixedLength || !header.StartsWith(Signature))
            throw Broken();
        int length = BinaryPrimitives.ReadUInt16BigEndian(header[14..]);
        var (version, command) = (header[12] >> 4, header[12] & 0xF);
        var (family, transport) = (header[13] >> 4, header[13] & 0xF);
        if (version != 2 || command > 1 || family > 3 || transport > 2 || addresses.Length != Math.Min(length, IPv6Length))
            throw Broken();

        // LOCAL: the proxy itself is the client, for example for a health check. The specification requires that its addresses are ignored.
        if (command == 0 || family is 0)
            return null;
        if (length < family switch { 1 => IPv4Length, 2 => IPv6Length, _ => UnixLength })
            throw Broken();
        return family switch
        {
            1 => Ends(addresses, 4),
            2 => Ends(addresses, 16),
            _ => null,
        };
    }

    private static ConnectionEnds Ends(ReadOnlySpan<byte> bytes, int size) => new(
        new IPEndPoint(new IPAddress(bytes[..size]), BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * size)..])),
        new IPEndPoint(new IPAddress(bytes.Slice(size, size)), BinaryPrimitives.ReadUInt16BigEndian(bytes[((2 * size) + sizeof(ushort))..])));

    private static async Task<ReadOnlyMemory<byte>> ReceiveLineAsync(Socket socket, byte[] line, int count, CancellationToken cancellationToken)
    {
        while (count < line.Length)
        {
            // Peek first, and then consume only up to the end of the line.
            var seen = await socket.ReceiveAsync(line.AsMemory(count), SocketFlags.Peek, cancellationToken);
            var end = line.AsSpan(count, seen).IndexOf((byte)'\n');
            var taken = end < 0 ? seen : end + 1;
            await ReceiveAllAsync(socket, line.AsMemory(count, taken), cancellationToken);
            count += taken;
            if (end >= 0)
                return line.AsMemory(0, count);
            if (seen == 0)
                throw Ended();
        }

        throw Broken();
    }

    private static async Task ReceiveAllAsync(Socket socket, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
            buffer = buffer[await ReceiveSomeAsync(socket, buffer, cancellationToken)..];
    }

    private static async Task SkipAsync(Socket socket, int count, CancellationToken cancellationToken)
    {
        if (count == 0)
            return;
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(count, MostAtOnce));
        try
        {
            while (count > 0)
                count -= await ReceiveSomeAsync(socket, buffer.AsMemory(0, Math.Min(count, buffer.Length)), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<int> ReceiveSomeAsync(Socket socket, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
        return count > 0 ? count : throw Ended();
    }

    private static bool StartsLike(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> expected) =>
        bytes[..Math.Min(bytes.Length, expected.Length)].SequenceEqual(expected[..Math.Min(bytes.Length, expected.Length)]);

    private static FormatException Broken() => new("its PROXY header is broken.");

    private static FormatException Ended() => new("it was closed in the middle of its PROXY header.");
}
