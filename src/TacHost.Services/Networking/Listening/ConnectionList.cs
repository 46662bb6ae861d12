using TacHost.Services.Networking.Connections;

namespace TacHost.Services.Networking.Listening;

/// <summary>The open connections of a listener: an intrusive linked list, because a set takes more memory for each connection.</summary>
internal sealed class ConnectionList
{
    private IConnection? _first;

    public int Count { get; private set; }

    public void Add(IConnection connection)
    {
        connection.Next = _first;
        _first?.Previous = connection;
        _first = connection;
        Count++;
    }

    public void Remove(IConnection connection)
    {
        if (connection.Previous is { } previous)
            previous.Next = connection.Next;
        else
            _first = connection.Next;
        connection.Next?.Previous = connection.Previous;
        connection.Next = connection.Previous = null;
        Count--;
    }

    public IConnection[] ToArray()
    {
        var all = new IConnection[Count];
        var next = _first;
        for (var i = 0; i < all.Length; i++, next = next!.Next)
            all[i] = next!;
        return all;
    }
}
