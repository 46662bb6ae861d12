namespace TacHost.Logging;

/// <summary>Lines that wait to be written together, and where each of them ends.</summary>
internal sealed class PendingLines
{
    private const int OrdinarySize = 128 * 1024;

    private readonly List<int> _ends = [];
    private byte[] _bytes = new byte[4 * 1024];

    /// <summary>How many lines there are.</summary>
    public int Count => _ends.Count;

    /// <summary>How many bytes they have together.</summary>
    public int Length => _ends.Count == 0 ? 0 : _ends[^1];

    public void Add(ReadOnlySpan<byte> line)
    {
        var start = Length;
        if (start + line.Length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(start + line.Length, 2 * _bytes.Length));
        line.CopyTo(_bytes.AsSpan(start));
        _ends.Add(start + line.Length);
    }

    /// <summary>The bytes of the lines from one index up to another, which is not included.</summary>
    public ReadOnlySpan<byte> Bytes(int first, int end) => _bytes.AsSpan(StartOf(first)..StartOf(end));

    /// <summary>The index after the last line that still fits into so many bytes, counted from the start of one line.</summary>
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
            _bytes = new byte[OrdinarySize]; // one line of megabytes is no reason to hold on to as much for ever
    }

    private int StartOf(int index) => index == 0 ? 0 : _ends[index - 1];
}
