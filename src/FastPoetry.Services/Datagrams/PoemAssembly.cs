namespace FastPoetry.Services.Datagrams;

/// <summary>A poem that is assembled from fragments. They may arrive in any order, more than once or overlapping, or may be lost.</summary>
/// <param name="longest">The maximum length of a poem in bytes. The buffer never grows beyond it.</param>
internal sealed class PoemAssembly(int longest)
{
    private readonly SortedList<int, int> _have = [];
    private byte[] _text = [];
    private string? _edition;

    /// <summary>Gets the offset of the first missing byte.</summary>
    public int Missing => _have.Count > 0 && _have.GetKeyAtIndex(0) == 0 ? _have.GetValueAtIndex(0) : 0;

    /// <summary>Gets the complete poem, or null while bytes are missing.</summary>
    public byte[]? Whole => _edition is not null && Missing == _text.Length ? _text : null;

    /// <summary>Adds a fragment. A fragment of a new edition discards all fragments of the previous edition.</summary>
    /// <exception cref="PoetryException">The poem is too long.</exception>
    public void Add(PoemFragment fragment, ReadOnlySpan<byte> piece)
    {
        if (fragment.Length > longest)
            throw new PoetryException($"The poem '{fragment.Name}' has {fragment.Length} bytes, more than the accepted {longest}.");
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

    /// <summary>Records a received byte range and merges it with ranges that it touches.</summary>
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
