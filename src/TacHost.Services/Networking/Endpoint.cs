using TacHost.Services.Networking.Endpoints;

namespace TacHost.Services.Networking;

/// <summary>Parsers for endpoints, the texts that specify where to listen and where to connect.</summary>
/// <remarks>
/// The parts of an endpoint are separated by colons. The kind and its required parts are followed by parameters, such as <c>interface=127.0.0.1</c>.
/// A backslash escapes the next character: <c>tcp:80:interface=\:\:1</c>. Parsing opens nothing.
/// Ported from <c>twisted.internet.endpoints.serverFromString</c> and <c>clientFromString</c>.
/// </remarks>
public static class Endpoint
{
    /// <summary>Parses a server endpoint.</summary>
    /// <remarks>
    /// <list type="table">
    /// <item><term><c>tcp:PORT</c></term><description><c>interface=</c> an address, a host name or a network interface; defaults to all, IPv4 and IPv6.
    /// <c>backlog=</c> defaults to the maximum of the kernel.</description></item>
    /// <item><term><c>tcp6:PORT</c></term><description>the same on IPv6 addresses only. On all of
    /// them, which is the default, IPv4 clients are accepted too, as in Twisted.</description></item>
    /// <item><term><c>unix:PATH</c></term><description><c>mode=</c> the permissions in
    /// octal digits, defaults to 666. <c>backlog=</c> as above. <c>lockfile=</c> 0 or 1
    /// is accepted only for compatibility with Twisted; a lock on the directory, which leaves no file, provides the exclusion.</description></item>
    /// <item><term><c>systemd:</c></term><description>a socket opened by systemd (sd_listen_fds(3)). <c>domain=</c> INET, INET6 or UNIX.
    /// Specify either <c>index=</c>, its position in the list of this process, or <c>name=</c>.
    /// If several sockets have the same name, all are listened on.</description></item>
    /// <item><term><c>tls:PORT</c>, <c>ssl:PORT</c></term><description><c>certificate=</c> a PEM file with the certificate and its chain, or a .pfx file.
    /// <c>key=</c> a PEM file, defaults to the same file. <c>chain=</c> a PEM file with
    /// further certificates of the chain. <c>interface=</c> and <c>backlog=</c> as above.
    /// Twisted's names <c>certKey</c>, <c>privateKey</c> and <c>extraCertChain</c> are accepted for the first three.</description></item>
    /// <item><term><c>fd:N</c></term><description>a listening socket that this process inherited.</description></item>
    /// <item><term><c>haproxy:</c></term><description>a prefix for any other kind. Each connection
    /// must begin with a header of the PROXY protocol, version 1 or 2; any other is closed.
    /// <see cref="ITransport.Peer"/> and <see cref="ITransport.Local"/> are the addresses in the header.
    /// By default, only proxies on this machine and on UNIX sockets are trusted. <c>haproxy:trust=10.0.0.0/8,192.0.2.1:</c> specifies other proxies.
    /// A connection from any other address is closed.</description></item>
    /// </list>
    /// </remarks>
    /// <exception cref="FormatException">The text is not an endpoint. The message contains the endpoint, the wrong part, and the expected value.</exception>
    public static ServerEndpoint Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ServerKinds.Parse(text);
    }

    /// <summary>Parses a client endpoint.</summary>
    /// <remarks>
    /// <list type="table">
    /// <item><term><c>tcp:HOST:PORT</c>, <c>tcp:host=HOST:port=PORT</c></term><description><c>timeout=</c> in seconds, defaults to 30.
    /// <c>bindAddress=</c> an address of this machine.</description></item>
    /// <item><term><c>tls:HOST:PORT</c>, <c>ssl:…</c></term><description>the same.
    /// <c>trustRoots=</c> a PEM file of trusted authorities or a directory of <c>.pem</c> files;
    /// defaults to the authorities of the system. <c>certificate=</c> and <c>key=</c> PEM files of the client.</description></item>
    /// <item><term><c>unix:PATH</c>, <c>unix:path=PATH</c></term><description><c>timeout=</c>.</description></item>
    /// <item><term><c>cluster:NAME</c>, <c>cluster:name=NAME</c></term><description>the node on which a deployment of a cluster runs at the time of the attempt.
    /// <c>fleet=</c> the directory of the tac files of the node on this machine, or <c>run=</c> its run directory; see <see cref="LocalClusterNode(string)"/> for the default.
    /// <c>port=</c> defaults to the first that the deployment listens on. <c>timeout=</c>.</description></item>
    /// </list>
    /// </remarks>
    /// <exception cref="FormatException">The text is not an endpoint. The message contains the endpoint, the wrong part, and the expected value.</exception>
    public static ClientEndpoint ParseClient(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ClientKinds.Parse(text);
    }

    /// <summary>
    /// Registers a custom kind of endpoint for <see cref="Parse"/>. A library calls this method once per process, before an endpoint of that kind is parsed.
    /// </summary>
    /// <param name="scheme">The kind: the text before the first colon.</param>
    /// <param name="parse">Parses the whole text. Throws a <see cref="FormatException"/>
    /// if it is not an endpoint. See <see cref="ServerEndpoint.Custom"/>.</param>
    /// <exception cref="InvalidOperationException">The kind already exists.</exception>
    public static void RegisterServer(string scheme, Func<string, ServerEndpoint> parse)
    {
        ArgumentNullException.ThrowIfNull(parse);
        ServerKinds.Register(scheme, parse);
    }

    /// <summary>Registers a custom kind of endpoint for <see cref="ParseClient"/>, as <see cref="RegisterServer"/> does for servers.</summary>
    /// <param name="scheme">The kind: the text before the first colon.</param>
    /// <param name="parse">Parses the whole text. Throws a <see cref="FormatException"/>
    /// if it is not an endpoint. See <see cref="ClientEndpoint.Custom"/>.</param>
    /// <exception cref="InvalidOperationException">The kind already exists.</exception>
    public static void RegisterClient(string scheme, Func<string, ClientEndpoint> parse)
    {
        ArgumentNullException.ThrowIfNull(parse);
        ClientKinds.Register(scheme, parse);
    }
}
