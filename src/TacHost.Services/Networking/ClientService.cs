using System.Globalization;
using TacHost.Services.Networking.Connecting;

namespace TacHost.Services.Networking;

/// <summary>A service that keeps a connection to an endpoint: it connects, and whenever that fails or the connection is lost, connects again after a while.</summary>
/// <remarks>
/// The start does not wait for the connection: <see cref="WhenConnectedAsync"/> does. The <see cref="ConnectionState"/> changes as follows, and in no other way.
/// <list type="table">
/// <listheader><term>State</term><description>What happens → the next state</description></listheader>
/// <item><term>Init</term><description>start → Connecting; stop, after the privileged part of the start only → Stopped</description></item>
/// <item><term>Connecting</term><description>connected and prepared → Connected; failed → Waiting; stop → Disconnecting, and the attempt is given up</description></item>
/// <item><term>Waiting</term><description>its time has come, or <see cref="Reconnect"/> → Connecting; stop → Stopped</description></item>
/// <item><term>Connected</term><description>lost → Waiting; <see cref="Reconnect"/> → Restarting; stop → Disconnecting</description></item>
/// <item><term>Disconnecting</term><description>the attempt or the connection is over → Stopped</description></item>
/// <item><term>Restarting</term><description>the connection is over → Connecting; stop → Disconnecting</description></item>
/// <item><term>Stopped</term><description>start → Connecting</description></item>
/// </list>
/// A loss counts as one failed attempt, and a connection that is made and prepared sets the count to zero. Stopping closes the connection in good order, and aborts it once the grace period is over.
/// Ported from <c>twisted.application.internet.ClientService</c>. There, a start while it stops leads to Restarting; here a service can be started only when it has stopped, and Restarting is what <see cref="Reconnect"/> leads to.
/// </remarks>
public sealed partial class ClientService : Service
{
    private readonly ClientEndpoint _endpoint;
    private readonly ClientFactory _factory;
    private readonly Lock _gate = new();
    private readonly List<Waiter> _waiters = [];
    private CancellationTokenSource? _stopping;
    private Task _running = Task.CompletedTask;
    private ClientConnection? _connection;
    private TaskCompletionSource _hurried = new();
    private volatile ClientState _state;

    /// <summary>Describes a client. Nothing is opened before the start.</summary>
    /// <param name="endpoint">Where to connect.</param>
    /// <param name="factory">Builds a protocol for each connection. May be shared with other clients.</param>
    public ClientService(ClientEndpoint endpoint, ClientFactory factory)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(factory);
        (_endpoint, _factory) = (endpoint, factory);
    }

    /// <summary>Describes a client by the text of its endpoint, such as <c>tcp:localhost:10000</c>. Nothing is opened before the start.</summary>
    /// <param name="endpoint">Where to connect; see <see cref="Endpoint.ParseClient"/>.</param>
    /// <param name="factory">Builds a protocol for each connection. May be shared with other clients.</param>
    /// <exception cref="FormatException">It is not an endpoint.</exception>
    public ClientService(string endpoint, ClientFactory factory)
        : this(Endpoint.ParseClient(endpoint), factory)
    {
    }

    /// <summary>Where it is.</summary>
    public ClientState ConnectionState => _state;

    /// <summary>How long to wait after so many failures in a row, counted from 1. Defaults to a <see cref="Backoff"/> with its defaults.</summary>
    /// <remarks>What it throws is the failure of the service.</remarks>
    public Func<int, TimeSpan> RetryPolicy { get; init; } = new Backoff().DelayAfter;

    /// <summary>What is to be done with each new connection before it counts, such as logging in. A failure aborts the connection and counts as a failed attempt. Defaults to null: nothing.</summary>
    /// <remarks>Its token is cancelled when the connection is lost and when the service is to stop.</remarks>
    public Func<Protocol, CancellationToken, Task>? PrepareConnection { get; init; }

    /// <summary>The clock for delays and time-outs. Defaults to the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Waits for a connection. May be called in any state and from any thread.</summary>
    /// <param name="failAfterFailures">After how many further failures in a row to give up. Defaults to null: never.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The protocol of the present connection, or else of the next, after <see cref="PrepareConnection"/>.</returns>
    /// <exception cref="OperationCanceledException">The service has stopped, or the wait was cancelled.</exception>
    /// <exception cref="Exception">So many attempts have failed; this is how the last one did: mostly a <see cref="CannotConnectException"/>.</exception>
    public async Task<Protocol> WhenConnectedAsync(int? failAfterFailures = null, CancellationToken cancellationToken = default)
    {
        if (failAfterFailures is { } count)
            ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(failAfterFailures));
        Waiter waiter = new(failAfterFailures);
        lock (_gate)
        {
            if (_state == ClientState.Connected)
                return _connection!.Protocol;
            if (_state == ClientState.Stopped)
                throw new OperationCanceledException($"The service '{ServicePath}' has stopped, so it has no connection to '{_endpoint}'.");
            _waiters.Add(waiter);
        }

        try
        {
            return await waiter.Connected.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (_gate)
                _waiters.Remove(waiter);
        }
    }

    /// <summary>Closes the connection in good order and makes a new one at once, or ends a wait for the next attempt. Returns at once; in other states it does nothing.</summary>
    public void Reconnect()
    {
        ClientConnection? connection = null;
        lock (_gate)
        {
            if (_state == ClientState.Waiting)
                _hurried.TrySetResult();
            if (_state == ClientState.Connected)
            {
                _state = ClientState.Restarting;
                connection = _connection;
            }
        }

        connection?.Lose();
    }

    /// <inheritdoc/>
    protected override Task OnStartAsync(CancellationToken cancellationToken)
    {
        _factory.DoStart(LoggerNamed(TypeName.Of(_factory.GetType())));
        _stopping = new CancellationTokenSource();
        lock (_gate)
            _state = ClientState.Connecting;
        _running = RunAsync(_stopping.Token);
        return Task.CompletedTask;
    }

    /// <summary>The life of the connections is this service's body, so that what nobody expects in it is this service's failure.</summary>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _running.WaitAsync(stoppingToken);

    /// <inheritdoc/>
    protected override async Task OnStopAsync(CancellationToken cancellationToken)
    {
        ClientConnection? connection;
        lock (_gate)
        {
            _state = _state is ClientState.Connecting or ClientState.Connected or ClientState.Restarting ? ClientState.Disconnecting : ClientState.Stopped;
            connection = _connection;
        }

        Forsake();
        try
        {
            if (_stopping is null)
                return;
            await _stopping.CancelAsync();
            if (connection is not null)
                await connection.LoseAsync(cancellationToken);
            if (!await GracePeriod.WaitAsync(_running, cancellationToken))
                throw new TimeoutException($"The preparation of a connection by the service '{ServicePath}' did not end within the grace period. It must heed its token.");
        }
        finally
        {
            if (_stopping is not null)
                _factory.DoStop();
            _stopping?.Dispose();
            _stopping = null;
            lock (_gate)
                _state = ClientState.Stopped;
            Forsake();
        }
    }

    /// <summary>Tells everybody who waits that there will be no connection.</summary>
    private void Forsake()
    {
        lock (_gate)
        {
            foreach (var waiter in _waiters)
                waiter.Connected.TrySetException(new OperationCanceledException($"The service '{ServicePath}' was stopped before it had a connection to '{_endpoint}'."));
            _waiters.Clear();
        }
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);

    private sealed class Waiter(int? failures)
    {
        public TaskCompletionSource<Protocol> Connected { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>How many more failures it bears; null for any number.</summary>
        public int? Failures { get; set; } = failures;
    }
}
