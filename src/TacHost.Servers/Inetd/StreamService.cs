using System.Net;
using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Servers.Inetd;

/// <summary>A service of inetd that accepts connections: each gets a program, or what an internal service says.</summary>
internal sealed class StreamService : Service, IConnectionHandler, IListeningService
{
    private readonly InetdService _service;
    private readonly InetdOptions _options;
    private readonly Programs? _programs;
    private readonly ServerFactory? _factory;
    private ListenerGroup? _listeners;
    private bool _factoryStarted;

    public StreamService(InetdService service, InetdOptions options)
    {
        (_service, _options) = (service, options);
        _programs = service.InternalName is null ? new Programs(service, options, this) : null;
        _factory = service.InternalName is { } name ? new InternalServices.Streams(name, options.TimeProvider) : null;
    }

    public IReadOnlyList<EndPoint> EndPoints => _listeners?.EndPoints ?? [];

    /// <inheritdoc/>
    protected override Task OnPrivilegedStartAsync(CancellationToken cancellationToken)
    {
        _programs?.Prepare();
        PlacedEndpoint endpoint = new(_service.Place, this);
        _listeners = _factory is { } factory ? new ListenerGroup(this, endpoint, factory, _options.Limits) : new ListenerGroup(this, endpoint, this, _options.Limits);
        return _listeners.BindAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task OnStartAsync(CancellationToken cancellationToken)
    {
        _programs?.Begin();
        if (_factory is not null)
        {
            _factory.DoStart(Logger);
            _factoryStarted = true;
        }

        _listeners!.Start();
        InetdLog.Serving(Logger, _service, string.Join(" and ", EndPoints), _service.InternalName ?? _service.Program, _programs?.User ?? "of the host");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task OnStopAsync(CancellationToken cancellationToken)
    {
        if (_listeners is not null)
            await _listeners.CloseAsync();
        if (_programs is not null)
            await _programs.StopAsync(cancellationToken);

        // Whoever has something echoed has no end in sight that could be waited for.
        if (_listeners is not null)
            await _listeners.DrainAsync(new CancellationToken(canceled: true));
        _listeners = null;
        if (_factoryStarted)
            _factory!.DoStop();
        _factoryStarted = false;
    }

    /// <summary>Starts a program for a connection. Called on the accepting thread, which goes on once the program has been started.</summary>
    void IConnectionHandler.Handle(AcceptedConnection connection)
    {
        if (_programs!.MayStart(out _))
            _ = ServeAsync(connection);
        else
            connection.Refuse();
    }

    private async Task ServeAsync(AcceptedConnection connection)
    {
        try
        {
            await _programs!.RunAsync(connection.Socket, isItsOwn: true, connection.Peer.ToString()!, ClientVariables.Of(connection, _service.Place));
        }
        catch (Exception e)
        {
            // The boundary around one connection: others must not notice.
            InetdLog.HandingOverFailed(Logger, e, _service);
        }

        connection.Dispose();
    }
}
