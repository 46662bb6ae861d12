using System.Globalization;
using System.Net;

namespace TacHost.Services.Networking.Listening;

/// <summary>A row of a table of sockets in /proc/net (proc(5)).</summary>
internal readonly struct ProcNetSocket
{
    private const int LocalColumn = 1, RemoteColumn = 2, StateColumn = 3, UserColumn = 7, InodeColumn = 9;

    private readonly string[] _columns;

    private ProcNetSocket(string[] columns) => _columns = columns;

    /// <summary>Gets the local end point. An IPv4 address that is mapped to IPv6 is returned as IPv4, here and in <see cref="Remote"/>.</summary>
    public IPEndPoint Local => EndPointOf(_columns[LocalColumn]);

    public IPEndPoint Remote => EndPointOf(_columns[RemoteColumn]);

    /// <summary>Gets the state as two hexadecimal digits, such as 0A for a TCP socket that listens.</summary>
    public string State => _columns[StateColumn];

    /// <summary>Gets the ID of the user who owns the socket.</summary>
    public uint User => uint.Parse(_columns[UserColumn], NumberStyles.None, CultureInfo.InvariantCulture);

    public string Inode => _columns[InodeColumn];

    /// <summary>Returns the rows of <c>tcp</c> or <c>udp</c>, then those of the same protocol over IPv6.</summary>
    public static IEnumerable<ProcNetSocket> Read(string protocol) =>
        new[] { $"/proc/net/{protocol}", $"/proc/net/{protocol}6" }
            .Where(File.Exists)
            .SelectMany(table => File.ReadLines(table).Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns.Length > InodeColumn)
            .Select(columns => new ProcNetSocket(columns));

    /// <summary>Parses an end point such as "0100007F:2710".</summary>
    private static IPEndPoint EndPointOf(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var bytes = Convert.FromHexString(text.AsSpan(0, colon));

        // The kernel prints each 32-bit word of the address in host byte order.
        if (BitConverter.IsLittleEndian)
        {
            for (var word = 0; word < bytes.Length; word += 4)
                Array.Reverse(bytes, word, 4);
        }

        IPAddress address = new(bytes);
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, int.Parse(text.AsSpan(colon + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }
}
