using System.Net;
using System.Net.Sockets;

namespace TacHost.Services.Networking.Connecting;

/// <summary>Tries the addresses of one host until one answers: a new one every quarter of a second, or as soon as one has failed (RFC 8305, "happy eyeballs").</summary>
internal static class AddressRace
{
    private static readonly TimeSpan _headStart = TimeSpan.FromMilliseconds(250);

    /// <summary>Connects to one of the addresses, which are tried in order, alternating between IPv6 and IPv4.</summary>
    /// <exception cref="AggregateException">None can be reached; one <see cref="AttemptException"/> for each.</exception>
    public static async Task<Socket> ConnectAsync(IReadOnlyList<IPEndPoint> addresses, IPAddress? bindAddress, CancellationToken cancellationToken)
    {
        using var losers = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Queue<IPEndPoint> waiting = new(ByTurns(addresses));
        List<Task<Socket>> running = [];
        List<Exception> failures = [];
        var next = true;
        try
        {
            while (true)
            {
                if (next && waiting.TryDequeue(out var address))
                    running.Add(ConnectAsync(address, bindAddress, losers.Token));
                if (running.Count == 0)
                    throw new AggregateException(failures);
                var headStart = waiting.Count > 0 ? Task.Delay(_headStart, losers.Token) : null;
                var ended = await Task.WhenAny(headStart is null ? running : [.. running, headStart]);
                next = true;
                if (ended == headStart)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    continue;
                }

                var attempt = (Task<Socket>)ended;
                running.Remove(attempt);
                try
                {
                    return await attempt;
                }
                catch (AttemptException e)
                {
                    failures.Add(e);
                }
            }
        }
        finally
        {
            await losers.CancelAsync();
            foreach (var loser in running)
                _ = DisposeAsync(loser);
        }
    }

    /// <summary>Returns the addresses in order, alternating between IPv6 and IPv4, so that an unreachable family costs only one delay.</summary>
    internal static IEnumerable<IPEndPoint> ByTurns(IReadOnlyList<IPEndPoint> addresses)
    {
        if (addresses.Count < 2)
            return addresses;
        var first = addresses[0].AddressFamily;
        return addresses.Where(each => each.AddressFamily == first).Select((each, turn) => (each, turn: 2 * turn))
            .Concat(addresses.Where(each => each.AddressFamily != first).Select((each, turn) => (each, turn: (2 * turn) + 1)))
            .OrderBy(pair => pair.turn)
            .Select(pair => pair.each);
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint address, IPAddress? bindAddress, CancellationToken cancellationToken)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            if (bindAddress is not null)
                socket.Bind(new IPEndPoint(bindAddress, 0));
            await socket.ConnectAsync(address, cancellationToken);
            return socket;
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw new AttemptException(address, e);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    private static async Task DisposeAsync(Task<Socket> loser)
    {
        try
        {
            (await loser).Dispose();
        }
        catch (Exception e) when (e is AttemptException or OperationCanceledException)
        {
            // It has lost in one more way.
        }
    }
}
