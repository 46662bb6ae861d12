using System.Text;

namespace FastPoetry.Services.Datagrams;

/// <summary>The request for a poem: <c>ask NAME OFFSET</c>, a line feed, and padding.</summary>
/// <param name="Name">The name of the poem, or null for the first poem of the server, written as <c>*</c>.</param>
/// <param name="Offset">The number of the first byte that is wanted.</param>
internal readonly record struct PoemRequest(string? Name, int Offset)
{
    /// <summary>The datagram, with spaces up to a length; longer, if that is too short for it.</summary>
    public byte[] ToDatagram(int length)
    {
        var line = DatagramLine.Print("ask", Name is null ? "*" : DatagramLine.Escape(Name), DatagramLine.Print(Offset));
        var datagram = new byte[Math.Max(line.Length, length)];
        datagram.AsSpan().Fill((byte)' ');
        Encoding.ASCII.GetBytes(line, datagram);
        return datagram;
    }

    /// <summary>Reads a datagram. Whatever comes, this does not throw.</summary>
    /// <returns>True if it is a request.</returns>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out PoemRequest request)
    {
        request = default;
        if (!DatagramLine.TryParse(datagram, "ask", 2, out var words, out _) || !DatagramLine.TryParseNumber(words[1], out var offset))
            return false;
        var any = words[0] == "*";
        string? name = null;
        if (!any && !DatagramLine.TryUnescape(words[0], out name))
            return false;
        request = new PoemRequest(name, offset);
        return true;
    }
}
