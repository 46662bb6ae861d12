using System.Net;
using TacHost.Services.Networking;

namespace TacHost.Web.Passwords;

/// <summary>A limit of the wrong passwords that one client may send in a minute. Not thread-safe.</summary>
/// <remarks>A client is an IPv4 address or an IPv6 network of 64 bits, because one machine may use all addresses of such a network.</remarks>
internal sealed class GuessLimit(TimeProvider time)
{
    public const int MostInAMinute = 10;

    /// <summary>The maximum number of counted clients. Further ones share one count, so that many addresses fill no memory.</summary>
    private const int MostClients = 10_000;

    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    private readonly Dictionary<IPAddress, int> _guesses = [];
    private long _begin = time.GetTimestamp();

    /// <summary>Returns whether the client has sent too many wrong passwords.</summary>
    public bool IsReached(IPAddress? client)
    {
        if (time.GetElapsedTime(_begin) >= _minute)
        {
            _guesses.Clear();
            _begin = time.GetTimestamp();
        }

        return _guesses.GetValueOrDefault(KeyOf(client)) >= MostInAMinute;
    }

    /// <summary>Counts a password before it is verified, so that simultaneous guesses count too.</summary>
    public void Count(IPAddress? client)
    {
        var key = KeyOf(client);
        _guesses[key] = _guesses.GetValueOrDefault(key) + 1;
    }

    public void TakeBack(IPAddress? client)
    {
        var key = KeyOf(client);
        if (_guesses.TryGetValue(key, out var count))
            _guesses[key] = Math.Max(0, count - 1);
    }

    private IPAddress KeyOf(IPAddress? client)
    {
        var key = ClientNetwork.Of(client ?? IPAddress.None);
        return _guesses.Count < MostClients || _guesses.ContainsKey(key) ? key : IPAddress.Any;
    }
}
