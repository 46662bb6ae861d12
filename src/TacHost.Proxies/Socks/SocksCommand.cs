namespace TacHost.Proxies.Socks;

/// <summary>The request commands (RFC 1928, section 4).</summary>
internal enum SocksCommand : byte
{
    Connect = 1,
    Bind = 2,
    UdpAssociate = 3,
}
