namespace FastPoetry.Services.Datagrams;

/// <summary>The head of a datagram with a piece of a poem: <c>poem NAME OFFSET LENGTH EDITION</c> and a line feed; the piece follows.</summary>
/// <param name="Name">The poem.</param>
/// <param name="Offset">Where the piece belongs in the poem.</param>
/// <param name="Length">How many bytes the whole poem has.</param>
/// <param name="Edition">What all pieces of one poem have in common, and those of a changed one have not.</param>
internal readonly record struct PoemFragment(string Name, int Offset, int Length, string Edition)
{
    /// <summary>The head, with its line feed.</summary>
    public string ToLine() => DatagramLine.Print("poem", DatagramLine.Escape(Name), DatagramLine.Print(Offset), DatagramLine.Print(Length), Edition);

    /// <summary>Reads a datagram. Whatever comes, this does not throw.</summary>
    /// <returns>Whether it is a piece of a poem that lies within it.</returns>
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
