using System.Net;
using TacHost.Services;

namespace TacHost.Processes.Inetd;

/// <summary>A service that starts a program for each connection, with the connection as its standard input, output and error, optionally as another user.</summary>
/// <remarks>
/// <para>
/// Binds in the privileged part of its start. Each program leads its own session and process group, and inherits
/// no other file descriptors. Programs receive the client's address in <c>REMOTE_ADDR</c> and <c>REMOTE_PORT</c> as with
/// systemd, and in the variables of ucspi-tcp. A stop closes the ports, sends SIGTERM to the process groups,
/// and kills the remaining processes after <see cref="InetdOptions.KillTime"/>.
/// </para>
/// <para>Starting programs as other users requires root and the <c>tachost</c> program. Ported from <c>twisted.runner.inetd</c>, which serves TCP only.</para>
/// </remarks>
public sealed class InetdServer : MultiService
{
    private readonly List<InetdService> _notServed = [];

    /// <summary>Initializes a server. Sockets are not opened before the start.</summary>
    /// <param name="services">The services to serve; <see cref="InetdConf.Read"/> reads them from a file.</param>
    /// <param name="options">The settings. Defaults to null: the defaults of <see cref="InetdOptions"/>.</param>
    public InetdServer(IEnumerable<InetdService> services, InetdOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        options ??= new InetdOptions();
        foreach (var service in services)
        {
            if (service.InternalName is not null && !options.ServesInternal)
                _notServed.Add(service);
            else
                Add(service, options);
        }
    }

    /// <summary>Gets the addresses of the services in order, with the actual port if a port is 0. Empty while the services are not bound.</summary>
    public IReadOnlyList<EndPoint> LocalAddresses => [.. this.SelectMany(child => child switch
    {
        StreamService stream => stream.LocalAddresses,
        WaitService wait => wait.LocalAddresses,
        InternalDatagramServer datagrams => datagrams.LocalAddresses,
        _ => [],
    })];

    /// <summary>Gets the lines of a file that are not served, with the reason for each, to be logged at the start. Defaults to none.</summary>
    public IReadOnlyList<string> SkippedLines { get; init; } = [];

    /// <inheritdoc/>
    protected override Task OnStartAsync(CancellationToken cancellationToken)
    {
        foreach (var line in SkippedLines)
            InetdLog.LineSkipped(Logger, line);
        foreach (var service in _notServed)
            InetdLog.InternalNotServed(Logger, service);
        return Task.CompletedTask;
    }

    private void Add(InetdService service, InetdOptions options)
    {
        Service child = service switch
        {
            { InternalName: { } name, Address.IsDatagram: true } => new InternalDatagramServer(service.Address, new InternalDatagrams(name, options.TimeProvider)),
            { InternalName: not null } => new StreamService(service, options),
            { Waits: true } => new WaitService(service, options),
            _ => new StreamService(service, options),
        };
        child.SetServiceParent(this);
    }
}
