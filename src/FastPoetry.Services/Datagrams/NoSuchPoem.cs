namespace FastPoetry.Services.Datagrams;

/// <summary>The answer for an unknown poem: <c>none NAME</c> and a line feed.</summary>
internal readonly record struct NoSuchPoem(string Name)
{
    public string ToLine() => DatagramLine.Print("none", DatagramLine.Escape(Name));

    /// <summary>Reads a datagram. Whatever comes, this does not throw.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out NoSuchPoem none)
    {
        none = default;
        if (!DatagramLine.TryParse(datagram, "none", 1, out var words, out _) || !DatagramLine.TryUnescape(words[0], out var name))
            return false;
        none = new NoSuchPoem(name!);
        return true;
    }
}
