namespace TacHost.TestSupport;

/// <summary>What happened, in order, from whatever thread.</summary>
public sealed class Journal
{
    private readonly Lock _gate = new();
    private readonly List<string> _entries = [];

    public string[] Entries
    {
        get
        {
            lock (_gate)
                return [.. _entries];
        }
    }

    public void Add(string entry)
    {
        lock (_gate)
            _entries.Add(entry);
    }

    public void Clear()
    {
        lock (_gate)
            _entries.Clear();
    }

    public int CountOf(string entry) => Entries.Count(each => each == entry);
}
