using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Proxies.Socks;

/// <summary>The permissions and timeouts of a <see cref="SocksServer"/>.</summary>
public sealed record SocksOptions
{
    /// <summary>Gets the users of the proxy. If set, SOCKS4 is refused, because it does not support passwords. Defaults to null: no login is required.</summary>
    public PasswordFile? Passwords { get; init; }

    /// <summary>Gets the only destinations that clients may connect to. Defaults to an empty list: every destination that is not protected.</summary>
    /// <remarks>
    /// Protected are link-local addresses (cloud metadata services), multicast, broadcast and unspecified addresses, and
    /// the loopback addresses for remote clients. A destination that is allowed here by name, network or <c>*</c> is no longer protected.
    /// </remarks>
    public IReadOnlyList<SocksDestination> Allowed { get; init; } = [];

    /// <summary>Gets the destinations that clients may not connect to, even if they are allowed. Defaults to an empty list.</summary>
    public IReadOnlyList<SocksDestination> Denied { get; init; } = [];

    /// <summary>Gets the limits of connections, including their idle timeout. Defaults to no limits.</summary>
    public ConnectionLimits Limits { get; init; } = new();

    /// <summary>Gets the timeout for a client's request. Defaults to 30 seconds.</summary>
    public TimeSpan HandshakeTimeout { get; init => field = SettingRange.Timeout(value); } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the timeout for the name lookup and the connection. Defaults to 30 seconds.</summary>
    public TimeSpan ConnectTimeout { get; init => field = SettingRange.Timeout(value); } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the time that a client of BIND waits for its connection. Defaults to 2 minutes.</summary>
    public TimeSpan BindTimeout { get; init => field = SettingRange.Timeout(value); } = TimeSpan.FromMinutes(2);

    /// <summary>Gets whether clients may wait for a connection (BIND). Defaults to true.</summary>
    public bool AllowsBind { get; init; } = true;

    /// <summary>Gets whether clients may send datagrams (UDP ASSOCIATE). Defaults to true.</summary>
    public bool AllowsUdp { get; init; } = true;
}
