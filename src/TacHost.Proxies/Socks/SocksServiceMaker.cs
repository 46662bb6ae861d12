using TacHost.Services;
using TacHost.Services.Networking;
using TacHost.Services.Plugins;

namespace TacHost.Proxies.Socks;

/// <summary>The plugin that creates a <see cref="SocksServer"/> from the command line.</summary>
[Plugin("socks", "Connects clients to where they want to go, by SOCKS 4, 4a and 5.")]
public sealed class SocksServiceMaker : ServiceMaker<SocksCommandLine>
{
    /// <inheritdoc/>
    protected override IService MakeService(SocksCommandLine options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new SocksServer(options.Port, options.Iface, new SocksOptions
        {
            Passwords = options.PasswordFile is { } file ? new PasswordFile(file) : null,
            Allowed = options.Allow,
            Denied = options.Deny,
            AllowsBind = options.Bind,
            AllowsUdp = options.Udp,
            ConnectTimeout = options.ConnectTimeout,
            Limits = new ConnectionLimits { MaxConnections = options.MaxConnections, IdleTimeout = options.IdleTimeout },
        });
    }
}
