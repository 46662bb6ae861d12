namespace TacHost.Logging;

/// <summary>How syslog messages travel.</summary>
internal enum SyslogTransport
{
    /// <summary>A socket of this machine, for messages in the form of RFC 3164 without a host, as syslog(3) sends them.</summary>
    Local,

    /// <summary>RFC 5424 in datagrams (RFC 5426).</summary>
    Udp,

    /// <summary>RFC 5424, each message after its length (RFC 6587, octet counting).</summary>
    Tcp,
}
