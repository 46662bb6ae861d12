namespace FastPoetry.Services.Datagrams;

/// <summary>Puts a poem together from pieces that come in any order, twice, overlapping, or not at all.</summary>
/// <param name="longest">The longest poem that is accepted; no more than that is ever allocated.</param>
internal sealed class PoemAssembly(int longest)
{
    private readonly SortedList<int, int> _have = [];
    private byte[] _text = [];
    private string? _edition;

    /// <summary>Where the first byte is missing.</summary>
    public int Missing => _have.Count > 0 && _have.GetKeyAtIndex(0) == 0 ? _have.GetValueAtIndex(0) : 0;

    /// <summary>The whole poem, or null while a byte is missing.</summary>
    public byte[]? Whole => _edition is not null && Missing == _text.Length ? _text : null;

    /// <summary>Adds a piece. The first of another edition than those before makes all of them void.</summary>
    /// <exception cref="PoetryException">The poem is too long.</exception>
    public void Add(PoemFragment fragment, ReadOnlySpan<byte> piece)
    {
        if (fragment.Length > longest)
            throw new PoetryException($"The poem '{fragment.Name}' has {fragment.Length} bytes, more than the {longest} that are accepted.");
        if (fragment.Edition != _edition || fragment.Length != _text.Length)
        {
            (_edition, _text) = (fragment.Edition, new byte[fragment.Length]);
            _have.Clear();
        }

        if (piece.IsEmpty)
            return;
        piece.CopyTo(_text.AsSpan(fragment.Offset));
        Note(fragment.Offset, fragment.Offset + piece.Length);
    }

    /// <summary>Notes that the bytes from one place to another are there, as one range with those it touches.</summary>
    private void Note(int from, int to)
    {
        for (var i = _have.Count - 1; i >= 0; i--)
        {
            if (_have.GetKeyAtIndex(i) > to || _have.GetValueAtIndex(i) < from)
                continue;
            (from, to) = (Math.Min(from, _have.GetKeyAtIndex(i)), Math.Max(to, _have.GetValueAtIndex(i)));
            _have.RemoveAt(i);
        }

        _have[from] = to;
    }
}
