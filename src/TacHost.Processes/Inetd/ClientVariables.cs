using System.Globalization;
using System.Net;
using TacHost.Services.Networking;

namespace TacHost.Processes.Inetd;

/// <summary>
/// The environment variables that describe the client to a program: <c>REMOTE_ADDR</c> and <c>REMOTE_PORT</c> as in
/// systemd.exec(5), and the variables of ucspi-tcp (tcp-environ) and ucspi-unix.
/// </summary>
internal static class ClientVariables
{
    /// <summary>The names of all these variables. Values from the host's environment are removed, because the host may have been started by such a server.</summary>
    private static readonly string[] _all =
    [
        "REMOTE_ADDR", "REMOTE_PORT", "PROTO", "TCPLOCALIP", "TCPLOCALPORT", "TCPLOCALHOST", "TCPREMOTEIP", "TCPREMOTEPORT", "TCPREMOTEHOST", "TCPREMOTEINFO",
        "UNIXLOCALPATH", "UNIXREMOTEPID", "UNIXREMOTEEUID", "UNIXREMOTEEGID",
    ];

    public static IEnumerable<KeyValuePair<string, string?>> Of(AcceptedConnection connection, InetdAddress address)
    {
        foreach (var variable in None(address))
            yield return variable;
        if (connection.Peer is IPEndPoint remote)
        {
            yield return new("REMOTE_ADDR", remote.Address.ToString());
            yield return new("REMOTE_PORT", Text(remote.Port));
            yield return new("TCPREMOTEIP", remote.Address.ToString());
            yield return new("TCPREMOTEPORT", Text(remote.Port));
            if (connection.Local is IPEndPoint local)
            {
                yield return new("TCPLOCALIP", local.Address.ToString());
                yield return new("TCPLOCALPORT", Text(local.Port));
            }
        }
        else if (connection.Peer is UnixPeerEndPoint process)
        {
            yield return new("UNIXLOCALPATH", address.Name);
            yield return new("UNIXREMOTEPID", Text(process.ProcessId));
            yield return new("UNIXREMOTEEUID", Text(process.UserId));
            yield return new("UNIXREMOTEEGID", Text(process.GroupId));
        }
    }

    /// <summary>Returns the variables of a socket without a client.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> None(InetdAddress address) =>
        _all.Select(name => new KeyValuePair<string, string?>(name, name == "PROTO" ? address.IsUnix ? "UNIX" : address.IsDatagram ? "UDP" : "TCP" : null));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
