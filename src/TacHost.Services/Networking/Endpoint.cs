using TacHost.Services.Networking.Endpoints;

namespace TacHost.Services.Networking;

/// <summary>Reads endpoints, the texts that say where to listen and where to connect.</summary>
/// <remarks>
/// The parts of an endpoint are separated by colons; after the kind and what it needs come parameters, such as <c>interface=127.0.0.1</c>.
/// A backslash makes the next character an ordinary one: <c>tcp:80:interface=\:\:1</c>. Reading opens nothing.
/// Ported from <c>twisted.internet.endpoints.serverFromString</c> and <c>clientFromString</c>.
/// </remarks>
public static class Endpoint
{
    /// <summary>Reads where to listen.</summary>
    /// <remarks>
    /// <list type="table">
    /// <item><term><c>tcp:PORT</c></term><description><c>interface=</c> an address, a host name or a network interface, defaults to all, IPv4 and IPv6;
    /// <c>backlog=</c>, defaults to the longest the kernel allows.</description></item>
    /// <item><term><c>tcp6:PORT</c></term><description>the same on IPv6 addresses only; on all of them, which is the default, IPv4 clients are served too, as in the original.</description></item>
    /// <item><term><c>unix:PATH</c></term><description><c>mode=</c> the permissions in octal digits, defaults to 666; <c>backlog=</c>; <c>lockfile=</c> 0 or 1 is
    /// accepted for the original's sake: exclusion is by a lock on the directory that leaves no file.</description></item>
    /// <item><term><c>systemd:</c></term><description>a socket that systemd opened (sd_listen_fds(3)): <c>domain=</c> INET, INET6 or UNIX, and its number in the list of this process as <c>index=</c> or its <c>name=</c>;
    /// several sockets of one name are all listened on.</description></item>
    /// <item><term><c>tls:PORT</c>, <c>ssl:PORT</c></term><description><c>certificate=</c> a PEM file with the certificate and its chain, or a .pfx file; <c>key=</c> a PEM file, defaults to the same file;
    /// <c>chain=</c> a PEM file with more of the chain; <c>interface=</c>; <c>backlog=</c>. The original's names <c>certKey</c>, <c>privateKey</c> and <c>extraCertChain</c> stand for the first three.</description></item>
    /// <item><term><c>fd:N</c></term><description>a listening socket that this process inherited.</description></item>
    /// <item><term><c>haproxy:</c></term><description>in front of any of them: each connection begins with a header of the PROXY protocol, version 1 or 2, and <see cref="ITransport.Peer"/> and
    /// <see cref="ITransport.Local"/> are what it says. A connection that begins otherwise is closed.
    /// Only proxies on this machine and on UNIX sockets are trusted, unless <c>haproxy:trust=10.0.0.0/8,192.0.2.1:</c> names others; connections of all others are closed.</description></item>
    /// </list>
    /// </remarks>
    /// <exception cref="FormatException">It is not an endpoint. The message names the endpoint, the part that is wrong, and what is expected.</exception>
    public static ServerEndpoint Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ServerKinds.Parse(text);
    }

    /// <summary>Reads where to connect.</summary>
    /// <remarks>
    /// <list type="table">
    /// <item><term><c>tcp:HOST:PORT</c>, <c>tcp:host=HOST:port=PORT</c></term><description><c>timeout=</c> in seconds, defaults to 30; <c>bindAddress=</c> an address of this machine.</description></item>
    /// <item><term><c>tls:HOST:PORT</c>, <c>ssl:…</c></term><description>the same, and <c>trustRoots=</c> a PEM file of the authorities to trust, or a directory of <c>.pem</c> files, defaults to the system's;
    /// <c>certificate=</c> and <c>key=</c> PEM files of the client.</description></item>
    /// <item><term><c>unix:PATH</c>, <c>unix:path=PATH</c></term><description><c>timeout=</c>.</description></item>
    /// </list>
    /// </remarks>
    /// <exception cref="FormatException">It is not an endpoint. The message names the endpoint, the part that is wrong, and what is expected.</exception>
    public static ClientEndpoint ParseClient(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ClientKinds.Parse(text);
    }

    /// <summary>Lets <see cref="Parse"/> read another kind of endpoint, which a library brings. A library calls it once in a process, before a text of that kind is parsed.</summary>
    /// <param name="scheme">The kind, the text before the first colon.</param>
    /// <param name="parse">Gets the whole text, and throws a <see cref="FormatException"/> if it is not an endpoint. See <see cref="ServerEndpoint.Custom"/>.</param>
    /// <exception cref="InvalidOperationException">There is a kind of that name already.</exception>
    public static void RegisterServer(string scheme, Func<string, ServerEndpoint> parse)
    {
        ArgumentNullException.ThrowIfNull(parse);
        ServerKinds.Register(scheme, parse);
    }

    /// <summary>Lets <see cref="ParseClient"/> read another kind of endpoint, as <see cref="RegisterServer"/> does for servers.</summary>
    /// <param name="scheme">The kind, the text before the first colon.</param>
    /// <param name="parse">Gets the whole text, and throws a <see cref="FormatException"/> if it is not an endpoint. See <see cref="ClientEndpoint.Custom"/>.</param>
    /// <exception cref="InvalidOperationException">There is a kind of that name already.</exception>
    public static void RegisterClient(string scheme, Func<string, ClientEndpoint> parse)
    {
        ArgumentNullException.ThrowIfNull(parse);
        ClientKinds.Register(scheme, parse);
    }
}
