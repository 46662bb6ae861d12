using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Servers.Socks;

/// <summary>What a <see cref="SocksServer"/> allows, and how long it waits.</summary>
public sealed record SocksOptions
{
    /// <summary>Who may use the proxy. SOCKS4, which knows no passwords, is refused then. Defaults to null: everybody.</summary>
    public PasswordFile? Passwords { get; init; }

    /// <summary>If there are any, the only destinations that clients may reach. Defaults to none: every destination that is not protected.</summary>
    /// <remarks>
    /// Protected are link-local addresses, where clouds keep their credentials, multicast, broadcast and "any" addresses, and for clients that are not on this
    /// machine its loopback. One that is allowed here by name, network or <c>*</c> is not protected any more.
    /// </remarks>
    public IReadOnlyList<SocksDestination> Allowed { get; init; } = [];

    /// <summary>Destinations that clients may not reach, whatever is allowed. Defaults to none.</summary>
    public IReadOnlyList<SocksDestination> Denied { get; init; } = [];

    /// <summary>How many connections there may be, and how long one may be idle. Defaults to no limits.</summary>
    public ConnectionLimits Limits { get; init; } = new();

    /// <summary>How long a client may take to say what it wants. Defaults to 30 seconds.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it may take to look a name up and to connect. Defaults to 30 seconds.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a client of BIND waits for its connection. Defaults to 2 minutes.</summary>
    public TimeSpan BindTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether clients may wait for a connection (BIND). Defaults to true.</summary>
    public bool AllowsBind { get; init; } = true;

    /// <summary>Whether clients may send datagrams (UDP ASSOCIATE). Defaults to true.</summary>
    public bool AllowsUdp { get; init; } = true;
}
