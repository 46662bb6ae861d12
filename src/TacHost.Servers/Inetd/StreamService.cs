using System.Net;
using System.Net.Sockets;
using TacHost.Services;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Connections;
using TacHost.Services.Networking.Listening;

namespace TacHost.Servers.Inetd;

/// <summary>A service of inetd that accepts connections: each gets a program, or what an internal service says.</summary>
internal sealed class StreamService : Service
{
    private readonly InetdService _service;
    private readonly InetdOptions _options;
    private readonly Programs? _programs;
    private readonly ServerFactory _factory;
    private List<StreamListener> _listeners = [];
    private bool _factoryStarted;

    public StreamService(InetdService service, InetdOptions options)
    {
        (_service, _options) = (service, options);
        _programs = service.InternalName is null ? new Programs(service, options, this) : null;
        _factory = service.InternalName is { } name ? new InternalServices.Streams(name, options.TimeProvider) : new NoProtocols();
    }

    public IReadOnlyList<EndPoint> EndPoints => [.. _listeners.Select(listener => listener.EndPoint)];

    /// <inheritdoc/>
    protected override Task OnPrivilegedStartAsync(CancellationToken cancellationToken)
    {
        _programs?.Prepare();
        var limits = _options.Limits;
        ListenerSettings settings = new(ServicePath, _factory, Logger)
        {
            Application = Application,
            Counts = Application?.ConnectionMetrics.Of(ServicePath),
            Limiter = (limits.Connections ?? limits.ConnectionsPerAddress) is null ? null : new ConnectionLimiter(limits),
            IdleTimeout = _programs is null ? limits.IdleTimeout : null,
            TakeOver = _programs is null ? null : TakeOver,
        };
        return PlacedSocket.BindAsync(_service.Place, this, socket => _listeners.Add(new StreamListener(socket, settings)), cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task OnStartAsync(CancellationToken cancellationToken)
    {
        _programs?.Begin();
        if (_programs is null)
        {
            _factory.DoStart(Logger);
            _factoryStarted = true;
        }

        foreach (var listener in _listeners)
            listener.Start();
        InetdLog.Serving(Logger, _service, string.Join(" and ", EndPoints), _service.InternalName ?? _service.Program, _programs?.User ?? "of the host");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task OnStopAsync(CancellationToken cancellationToken)
    {
        var listeners = _listeners;
        await Task.WhenAll(listeners.Select(listener => listener.CloseAsync()));
        foreach (var title in listeners.Where(listener => !listener.IsSocketKept).Select(listener => listener.Title).Distinct())
            NetworkingLog.PortClosed(Logger, title);
        if (_programs is not null)
            await _programs.StopAsync(cancellationToken);

        // Whoever has something echoed has no end in sight that could be waited for.
        await Task.WhenAll(listeners.Select(listener => listener.DrainAsync(new CancellationToken(canceled: true))));
        _listeners = [];
        if (_factoryStarted)
            _factory.DoStop();
        _factoryStarted = false;
    }

    /// <summary>Called on the accepting thread, which goes on once the program has been started.</summary>
    private void TakeOver(StreamListener listener, Socket socket, ConnectionPermit? permit)
    {
        StreamSocket accepted = new(socket);
        if (_programs!.MayStart(out _))
        {
            _ = ServeAsync(accepted.Detach(), accepted.Peer, permit);
            return;
        }

        listener.Counts?.CountRefused();
        permit?.Dispose();
        accepted.Reset();
    }

    private async Task ServeAsync(Socket socket, EndPoint peer, ConnectionPermit? permit)
    {
        try
        {
            await _programs!.RunAsync(socket, isItsOwn: true, peer.ToString()!, ClientVariables.Of(socket, peer, _service.Place));
        }
        catch (Exception e)
        {
            // The boundary around one connection: others must not notice.
            InetdLog.HandingOverFailed(Logger, e, _service);
            socket.Dispose();
        }

        permit?.Dispose();
    }

    /// <summary>The factory of a listener whose connections are all handed over.</summary>
    private sealed class NoProtocols : ServerFactory
    {
        protected internal override Protocol? BuildProtocol(EndPoint peer) => null;
    }
}
