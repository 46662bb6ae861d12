namespace TacHost.Logging;

/// <summary>The transport and format of syslog messages.</summary>
internal enum SyslogTransport
{
    /// <summary>A local socket, with messages in the format of RFC 3164 without a host name, as sent by syslog(3).</summary>
    Local,

    /// <summary>RFC 5424 over UDP (RFC 5426).</summary>
    Udp,

    /// <summary>RFC 5424 over TCP, each message after its length (RFC 6587, octet counting).</summary>
    Tcp,
}
