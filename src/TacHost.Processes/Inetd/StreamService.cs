using System.Net;
using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Processes.Inetd;

/// <summary>An inetd service that accepts connections. Each connection is served by a program or by an internal service.</summary>
internal sealed class StreamService : Service, IConnectionHandler, IListeningService, IServiceNeeds
{
    private readonly InetdService _service;
    private readonly InetdOptions _options;
    private readonly Programs? _programs;
    private readonly ServerFactory? _factory;
    private readonly AddressRate? _addressRate;
    private readonly ConnectionLimits _limits;
    private ListenerGroup? _listeners;
    private bool _factoryStarted;

    public StreamService(InetdService service, InetdOptions options)
    {
        (_service, _options) = (service, options);
        _programs = service.InternalName is null ? new Programs(service, options, this) : null;
        _addressRate = service.MaxPerMinuteAndAddress is { } most ? new AddressRate(most, options.TimeProvider) : null;
        _limits = service is { MaxConnections: null, MaxPerAddress: null } ? options.Limits : new ConnectionLimits
        {
            MaxConnections = service.MaxConnections ?? options.Limits.MaxConnections,
            MaxConnectionsPerAddress = service.MaxPerAddress ?? options.Limits.MaxConnectionsPerAddress,
            OnLimitReached = options.Limits.OnLimitReached,
            IdleTimeout = options.Limits.IdleTimeout,
        };
        _factory = service.InternalName is { } name ? new InternalServices.Streams(name, options.TimeProvider) : null;
    }

    IReadOnlyList<ServiceNeed> IServiceNeeds.Needs => _service.Needs;

    public IReadOnlyList<EndPoint> LocalAddresses => _listeners?.LocalAddresses ?? [];

    /// <inheritdoc/>
    protected override Task OnPrivilegedStartAsync(CancellationToken cancellationToken)
    {
        _programs?.Prepare();
        InetdEndpoint endpoint = new(_service.Address, this);
        _listeners = _factory is { } factory ? new ListenerGroup(this, endpoint, factory, _limits) : new ListenerGroup(this, endpoint, this, _limits);
        return _listeners.BindAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task OnStartAsync(CancellationToken cancellationToken)
    {
        _programs?.Begin();
        if (_programs is not null && !File.Exists(_service.Program))
            InetdLog.ProgramMissing(Logger, _service, _service.Program);
        if (_factory is not null)
        {
            _factory.DoStart(Logger);
            _factoryStarted = true;
        }

        _listeners!.Start();
        InetdLog.Serving(Logger, _service, string.Join(" and ", LocalAddresses), _service.InternalName ?? _service.Program, _programs?.User ?? "of the host");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task OnStopAsync(CancellationToken cancellationToken)
    {
        if (_listeners is not null)
            await _listeners.CloseAsync();
        if (_programs is not null)
            await _programs.StopAsync(cancellationToken);

        // Connections of internal services may never end, so they are aborted.
        if (_listeners is not null)
            await _listeners.DrainAsync(new CancellationToken(canceled: true));
        _listeners = null;
        if (_factoryStarted)
            _factory!.DoStop();
        _factoryStarted = false;
    }

    /// <summary>Starts a program for a connection. Called on the accepting thread, which continues after the start of the program.</summary>
    void IConnectionHandler.Handle(AcceptedConnection connection)
    {
        if (MayServe(connection.Peer) && _programs!.MayStart(out _))
            _ = ServeAsync(connection);
        else
            connection.Refuse();
    }

    private bool MayServe(EndPoint peer)
    {
        if (_addressRate is null || peer is not IPEndPoint { Address: var address } || _addressRate.TryStart(address, out var isFirstRefusal))
            return true;
        if (isFirstRefusal)
            InetdLog.TooOftenForAddress(Logger, _service, address, _service.MaxPerMinuteAndAddress!.Value);
        return false;
    }

    private async Task ServeAsync(AcceptedConnection connection)
    {
        try
        {
            await _programs!.RunAsync(connection.Socket, isItsOwn: true, connection.Peer.ToString()!, ClientVariables.Of(connection, _service.Address));
        }
        catch (Exception e)
        {
            // Catches everything, because an error of one connection must not affect the others.
            InetdLog.HandingOverFailed(Logger, e, _service);
        }

        connection.Dispose();
    }
}
