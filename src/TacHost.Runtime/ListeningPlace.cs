using System.Text.RegularExpressions;

namespace TacHost;

/// <summary>The listening address of an endpoint, parsed from its text.</summary>
/// <param name="Kind">The kind of place: <c>tcp</c>, <c>udp</c> or <c>unix</c>; empty for inherited sockets.</param>
/// <param name="Place">The port or the path.</param>
/// <param name="Interface">The address, or empty for all.</param>
/// <param name="Mode">The mode of a UNIX socket in octal digits, or null for the default.</param>
/// <param name="IsDatagram">True if the socket receives datagrams.</param>
internal sealed partial record ListeningPlace(string Kind, string Place, string Interface, string? Mode = null, bool IsDatagram = false)
{
    private const int FirstFreePort = 1024;
    private const string InterfaceParameter = "interface=", ModeParameter = "mode=";

    /// <summary>Gets the port, or null for a place without a known one.</summary>
    public int? Port => Kind is "tcp" or "udp" && int.TryParse(Place, out var port) && port > 0 ? port : null;

    /// <summary>Gets whether the port is one that only root, or CAP_NET_BIND_SERVICE, can bind.</summary>
    public bool IsPrivileged => Port < FirstFreePort;

    /// <summary>Gets whether only this machine can connect.</summary>
    public bool IsLocal => Interface is "localhost" or "::1" or "lo" || Interface.StartsWith("127.", StringComparison.Ordinal);

    public static ListeningPlace Of(string endpoint)
    {
        var parts = Separator().Split(endpoint);
        if (parts.Length > 1 && parts[0] == "haproxy")
            parts = parts[1..];
        var iface = Array.Find(parts, part => part.StartsWith(InterfaceParameter, StringComparison.Ordinal));
        var mode = Array.Find(parts, part => part.StartsWith(ModeParameter, StringComparison.Ordinal));
        return parts.Length < 2 || parts[0] is "systemd" or "fd"
            ? new("", "", "")
            : new(parts[0] switch { "tls" or "ssl" or "tcp6" => "tcp", "unix-datagram" => "unix", var kind => kind }, parts[1].Replace(@"\", "", StringComparison.Ordinal), iface is null ? "" : iface[InterfaceParameter.Length..].Replace(@"\", "", StringComparison.Ordinal), mode?[ModeParameter.Length..], parts[0] is "udp" or "unix-datagram");
    }

    [GeneratedRegex(@"(?<!\\):")]
    private static partial Regex Separator();

    /// <summary>Returns whether two endpoints cannot be had together: one port of one protocol at addresses that are the same, or of which one is all; or one path.</summary>
    public bool ClashesWith(ListeningPlace other) =>
        Kind == other.Kind && Place == other.Place && Place is not ("" or "0")
        && (Interface == other.Interface || Interface.Length == 0 || other.Interface.Length == 0);
}
