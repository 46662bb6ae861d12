using System.Net;
using TacHost.Services;

namespace TacHost.Servers.Inetd;

/// <summary>A service that starts a program for each connection, with the connection as its standard input, output and error, as another user if it is asked to.</summary>
/// <remarks>
/// <para>
/// Binds in the privileged part of its start. Each program leads a session and a process group of its own, has no other descriptors, and is told who the client is by
/// <c>REMOTE_ADDR</c> and <c>REMOTE_PORT</c> as systemd does, and by the variables of ucspi-tcp. A stop closes the ports, sends SIGTERM to the groups, and kills what is left after
/// <see cref="InetdOptions.KillTime"/>.
/// </para>
/// <para>To start programs as other users takes root, and the <c>tachost</c> program. Ported from <c>twisted.runner.inetd</c>, which serves TCP only.</para>
/// </remarks>
public sealed class InetdServer : MultiService
{
    private readonly List<InetdService> _leftOut = [];

    /// <summary>Describes a server. Nothing is opened before the start.</summary>
    /// <param name="services">What it serves; <see cref="InetdConf.Read"/> reads them from a file.</param>
    /// <param name="options">How. Defaults to null: see <see cref="InetdOptions"/>.</param>
    public InetdServer(IEnumerable<InetdService> services, InetdOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        options ??= new InetdOptions();
        foreach (var service in services)
        {
            if (service.InternalName is not null && !options.ServesInternal)
                _leftOut.Add(service);
            else
                Add(service, options);
        }
    }

    /// <summary>The addresses of the services, in their order, with the ports that were picked for 0. Empty while they are not bound.</summary>
    public IReadOnlyList<EndPoint> EndPoints => [.. this.SelectMany(child => child switch
    {
        StreamService stream => stream.EndPoints,
        WaitService wait => wait.EndPoints,
        InternalDatagramServer datagrams => datagrams.EndPoints,
        _ => [],
    })];

    /// <summary>Gets the lines of a file that are not served, with the reason for each, to be logged at the start. Defaults to none.</summary>
    public IReadOnlyList<string> SkippedLines { get; init; } = [];

    /// <inheritdoc/>
    protected override Task OnStartAsync(CancellationToken cancellationToken)
    {
        foreach (var line in SkippedLines)
            InetdLog.LineSkipped(Logger, line);
        foreach (var service in _leftOut)
            InetdLog.InternalLeftOut(Logger, service);
        return Task.CompletedTask;
    }

    private void Add(InetdService service, InetdOptions options)
    {
        Service child = service switch
        {
            { InternalName: { } name, Place.IsDatagram: true } => new InternalDatagramServer(service.Place, new InternalDatagrams(name, options.TimeProvider)),
            { InternalName: not null } => new StreamService(service, options),
            { Waits: true } => new WaitService(service, options),
            _ => new StreamService(service, options),
        };
        child.SetServiceParent(this);
    }
}
