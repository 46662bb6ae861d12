namespace TacHost.Processes.Inetd;

/// <summary>The protocol of an inetd service.</summary>
public enum InetdProtocol
{
    /// <summary>TCP over IPv4 and IPv6.</summary>
    Tcp46,

    /// <summary>TCP over IPv4.</summary>
    Tcp4,

    /// <summary>TCP over IPv6 only.</summary>
    Tcp6,

    /// <summary>UDP over IPv4 and IPv6.</summary>
    Udp46,

    /// <summary>UDP over IPv4.</summary>
    Udp4,

    /// <summary>UDP over IPv6 only.</summary>
    Udp6,

    /// <summary>Connections to a UNIX socket.</summary>
    Unix,

    /// <summary>Datagrams to a UNIX socket.</summary>
    UnixDatagram,
}
