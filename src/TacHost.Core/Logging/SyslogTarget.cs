using System.Globalization;

namespace TacHost.Logging;

/// <summary>The receiver of syslog messages.</summary>
/// <param name="Transport">The transport.</param>
/// <param name="Address">The name or address of a host, or the path of a socket.</param>
/// <param name="Port">The port, for UDP and TCP.</param>
internal sealed record SyslogTarget(SyslogTransport Transport, string Address, int Port = 0)
{
    private const int DefaultUdpPort = 514;

    public static SyslogTarget Local { get; } = new(SyslogTransport.Local, "/dev/log");

    /// <summary>Parses <c>udp://HOST</c>, <c>udp://HOST:PORT</c>, <c>tcp://HOST:PORT</c>, or the path of a local socket.</summary>
    /// <exception cref="TacHostException">The text does not have one of these forms.</exception>
    public static SyslogTarget Parse(string text)
    {
        if (text.StartsWith('/'))
            return new SyslogTarget(SyslogTransport.Local, text);
        var transport = text switch
        {
            ['u', 'd', 'p', ':', '/', '/', ..] => SyslogTransport.Udp,
            ['t', 'c', 'p', ':', '/', '/', ..] => SyslogTransport.Tcp,
            _ => throw Error(text, "it begins with neither 'udp://' nor 'tcp://' nor '/'"),
        };
        var rest = text["udp://".Length..].TrimEnd('/');

        // An IPv6 address is in brackets, because it contains colons.
        var colon = rest.LastIndexOf(':') is var last && last > rest.LastIndexOf(']') ? last : -1;
        var host = (colon < 0 ? rest : rest[..colon]).Trim('[', ']');
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
            throw Error(text, host.Length == 0 ? "it has no host" : $"'{host}' is not a host");
        if (colon < 0 && transport == SyslogTransport.Tcp)
            throw Error(text, "it has no port, and TCP has no default port for syslog");
        var port = DefaultUdpPort;
        if (colon >= 0 && (!int.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535))
            throw Error(text, $"'{rest[(colon + 1)..]}' is not a port, which is a number between 1 and 65535");
        return new SyslogTarget(transport, host, port);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Transport == SyslogTransport.Local ? Address : string.Create(CultureInfo.InvariantCulture, $"{(Transport == SyslogTransport.Udp ? "udp" : "tcp")}://{(Address.Contains(':', StringComparison.Ordinal) ? $"[{Address}]" : Address)}:{Port}");

    private static TacHostException Error(string text, string reason) =>
        new(ExitCode.Usage, $"--syslog: '{text}' is not a target, because {reason}. Write udp://HOST:514, tcp://HOST:PORT or the path of a socket such as /dev/log.");
}
