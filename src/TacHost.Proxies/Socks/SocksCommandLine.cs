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

    /// <summary>Gets or sets the file of <see cref="SocksOptions.Passwords"/>.</summary>
    [Option("password-file", "the users who may use it, with hashed passwords; all clients by default")]
    public ExistingFile? PasswordFile { get; set; }

    /// <summary>Gets or sets the value of <see cref="SocksOptions.Allowed"/>.</summary>
    [Option("allow", 'a', "a destination that clients may reach, and then no others")]
    public IReadOnlyList<SocksDestination> Allow { get; set; } = [];

    /// <summary>Gets or sets the value of <see cref="SocksOptions.Denied"/>.</summary>
    [Option("deny", 'd', "a destination that clients may not reach, whatever is allowed")]
    public IReadOnlyList<SocksDestination> Deny { get; set; } = [];

    /// <summary>Gets or sets the value of <see cref="SocksOptions.AllowsBind"/>.</summary>
    [Option("bind", "allow clients to wait for connections (BIND)")]
    public bool Bind { get; set; } = true;

    /// <summary>Gets or sets the value of <see cref="SocksOptions.AllowsUdp"/>.</summary>
    [Option("udp", "allow clients to send datagrams (UDP ASSOCIATE)")]
    public bool Udp { get; set; } = true;

    /// <summary>Gets or sets the value of <see cref="SocksOptions.ConnectTimeout"/>.</summary>
    [Option("connect-timeout", "the time limit for reaching a destination", Minimum = 0.001, Maximum = 86_400)]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the value of <see cref="TacHost.Services.Networking.ConnectionLimits.IdleTimeout"/>.</summary>
    [Option("idle-timeout", "the time after which an idle connection is closed; never unless given", Minimum = 0.001, Maximum = 4_000_000)]
    public TimeSpan? IdleTimeout { get; set; }

    /// <summary>Gets or sets the value of <see cref="TacHost.Services.Networking.ConnectionLimits.MaxConnections"/>.</summary>
    [Option("max-connections", "the maximum number of connections; unlimited unless given", Minimum = 1)]
    public int? MaxConnections { get; set; }
}
