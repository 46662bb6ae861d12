using System.Net.Sockets;

namespace TacHost.Proxies.Socks;

/// <summary>The reply codes of SOCKS5 (RFC 1928, section 6). SOCKS4 has only "granted" and "rejected".</summary>
internal enum SocksReply : byte
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
internal static class SocksReplies
{
    public static SocksReply Of(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => SocksReply.Refused,
        SocketError.NetworkUnreachable => SocksReply.NetworkUnreachable,
        SocketError.HostUnreachable or SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => SocksReply.HostUnreachable,
        SocketError.TimedOut => SocksReply.TimedOut,
        _ => SocksReply.Failed,
    };
}
