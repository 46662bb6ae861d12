using TacHost.Services.Plugins;

namespace TacHost.Proxies.Socks;

/// <summary>The command line of <c>socks</c>.</summary>
public sealed class SocksCommandLine
{
    /// <summary>Gets or sets the port to listen on.</summary>
    [Option("port", 'p', "the port to listen on")]
    public Port Port { get; set; } = 1080;

    /// <summary>Gets or sets the interface to listen on.</summary>
    [Option("iface", 'i', "the interface to listen on")]
    public Iface Iface { get; set; } = "127.0.0.1";

    /// <summary>See <see cref="SocksOptions.Passwords"/>.</summary>
    [Option("password-file", "the users who may use it, with hashed passwords; all clients by default")]
    public ExistingFile? PasswordFile { get; set; }

    /// <summary>See <see cref="SocksOptions.Allowed"/>.</summary>
    [Option("allow", 'a', "a destination that clients may reach, and then no others; may be repeated")]
    public IReadOnlyList<SocksDestination> Allow { get; set; } = [];

    /// <summary>See <see cref="SocksOptions.Denied"/>.</summary>
    [Option("deny", 'd', "a destination that clients may not reach, whatever is allowed; may be repeated")]
    public IReadOnlyList<SocksDestination> Deny { get; set; } = [];

    /// <summary>See <see cref="SocksOptions.AllowsBind"/>.</summary>
    [Option("bind", "whether clients may wait for connections")]
    public bool Bind { get; set; } = true;

    /// <summary>See <see cref="SocksOptions.AllowsUdp"/>.</summary>
    [Option("udp", "whether clients may send datagrams")]
    public bool Udp { get; set; } = true;

    /// <summary>See <see cref="SocksOptions.ConnectTimeout"/>.</summary>
    [Option("connect-timeout", "how long it may take to reach a destination", Minimum = 0.001, Maximum = 86_400)]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>See <see cref="TacHost.Services.Networking.ConnectionLimits.IdleTimeout"/>.</summary>
    [Option("idle-timeout", "how long a connection may be idle; for ever unless given", Minimum = 0.001, Maximum = 4_000_000)]
    public TimeSpan? IdleTimeout { get; set; }

    /// <summary>See <see cref="TacHost.Services.Networking.ConnectionLimits.Connections"/>.</summary>
    [Option("max-connections", "how many connections there may be; as many as possible unless given", Minimum = 1)]
    public int? MaxConnections { get; set; }
}
