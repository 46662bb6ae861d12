namespace FastPoetry.Services.Datagrams;

/// <summary>The head of a datagram with a piece of a poem: <c>poem NAME OFFSET LENGTH EDITION</c> and a line feed; the piece follows.</summary>
/// <param name="Name">The poem.</param>
/// <param name="Offset">The position of the piece in the poem.</param>
/// <param name="Length">The number of bytes in the whole poem.</param>
/// <param name="Edition">The number that all pieces of one poem share, and those of a changed poem do not.</param>
internal readonly record struct PoemFragment(string Name, int Offset, int Length, string Edition)
{
    public string ToLine() => DatagramLine.Print("poem", DatagramLine.Escape(Name), DatagramLine.Print(Offset), DatagramLine.Print(Length), Edition);

    /// <summary>Reads a datagram. Whatever comes, this does not throw.</summary>
    /// <returns>True if it is a piece that lies within its poem.</returns>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out PoemFragment fragment, out ReadOnlySpan<byte> piece)
    {
        fragment = default;
        if (!DatagramLine.TryParse(datagram, "poem", 4, out var words, out piece)
            || !DatagramLine.TryUnescape(words[0], out var name)
            || !DatagramLine.TryParseNumber(words[1], out var offset)
            || !DatagramLine.TryParseNumber(words[2], out var length)
            || offset > length
            || piece.Length > length - offset)
        {
            piece = default;
            return false;
        }

        fragment = new PoemFragment(name!, offset, length, words[3]);
        return true;
    }
}
