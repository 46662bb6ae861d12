namespace TacHost.Logging;

/// <summary>A buffer of lines that are written together, with the end offset of each line.</summary>
internal sealed class PendingLines
{
    private const int OrdinarySize = 128 * 1024;

    private readonly List<int> _ends = [];
    private byte[] _bytes = new byte[4 * 1024];

    public int Count => _ends.Count;

    /// <summary>Gets the total number of bytes.</summary>
    public int Length => _ends.Count == 0 ? 0 : _ends[^1];

    public void Add(ReadOnlySpan<byte> line)
    {
        var start = Length;
        if (start + line.Length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(start + line.Length, 2 * _bytes.Length));
        line.CopyTo(_bytes.AsSpan(start));
        _ends.Add(start + line.Length);
    }

    /// <summary>Returns the bytes of a range of lines. The end index is exclusive.</summary>
    public ReadOnlySpan<byte> Bytes(int first, int end) => _bytes.AsSpan(StartOf(first)..StartOf(end));

    /// <summary>Returns the exclusive end index of the lines that fit into a number of bytes, starting at a given line.</summary>
    public int EndWithin(int first, long bytes)
    {
        var start = StartOf(first);
        var end = first;
        while (end < _ends.Count && _ends[end] - start <= bytes)
            end++;
        return end;
    }

    public void Clear()
    {
        _ends.Clear();
        if (_bytes.Length > OrdinarySize)
            _bytes = new byte[OrdinarySize]; // releases the memory of an exceptionally long line
    }

    private int StartOf(int index) => index == 0 ? 0 : _ends[index - 1];
}
