using System.Net.Sockets;

namespace TacHost.Proxies.Socks;

/// <summary>The reply codes of SOCKS5 (RFC 1928, section 6). SOCKS4 has only "granted" and "rejected".</summary>
internal enum SocksAnswer : byte
{
    Granted = 0,
    Failed = 1,
    NotAllowed = 2,
    NetworkUnreachable = 3,
    HostUnreachable = 4,
    Refused = 5,
    TimedOut = 6,
    CommandNotSupported = 7,
    AddressTypeNotSupported = 8,
}

/// <summary>Maps connect errors to reply codes.</summary>
internal static class SocksAnswers
{
    public static SocksAnswer Of(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => SocksAnswer.Refused,
        SocketError.NetworkUnreachable => SocksAnswer.NetworkUnreachable,
        SocketError.HostUnreachable or SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => SocksAnswer.HostUnreachable,
        SocketError.TimedOut => SocksAnswer.TimedOut,
        _ => SocksAnswer.Failed,
    };
}
