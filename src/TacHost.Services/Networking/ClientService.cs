using System.Globalization;
using TacHost.Services.Networking.Connecting;

namespace TacHost.Services.Networking;

/// <summary>A service that maintains a connection to an endpoint. If an attempt fails or the connection is lost, the service reconnects after a delay.</summary>
/// <remarks>
/// The start does not wait for the connection; <see cref="WhenConnectedAsync"/> does. The
/// following table lists all transitions of <see cref="ConnectionState"/>.
/// <list type="table">
/// <listheader><term>State</term><description>Event → next state</description></listheader>
/// <item><term>Init</term><description>start → Connecting; stop after only the privileged start → Stopped</description></item>
/// <item><term>Connecting</term><description>connected and prepared → Connected; failed →
/// Waiting; stop → Disconnecting, and the attempt is cancelled</description></item>
/// <item><term>Waiting</term><description>delay elapsed, or <see cref="Reconnect"/> → Connecting; stop → Stopped</description></item>
/// <item><term>Connected</term><description>lost → Waiting; <see cref="Reconnect"/> → Restarting; stop → Disconnecting</description></item>
/// <item><term>Disconnecting</term><description>attempt or connection ended → Stopped</description></item>
/// <item><term>Restarting</term><description>connection ended → Connecting; stop → Disconnecting</description></item>
/// <item><term>Stopped</term><description>start → Connecting</description></item>
/// </list>
/// A lost connection counts as one failed attempt. A connection that is made and prepared resets the number of failures to zero.
/// A stop closes the connection gracefully, and aborts it at the end of the grace period.
/// Ported from <c>twisted.application.internet.ClientService</c>. There, a start during a stop leads to Restarting.
/// Here, a service can be started only after it has stopped, and <see cref="Reconnect"/> leads to Restarting.
/// </remarks>
public sealed partial class ClientService : Service, IServiceNeeds
{
    private readonly ClientEndpoint _endpoint;
    private readonly ClientFactory _factory;
    private readonly Lock _gate = new();
    private readonly List<Waiter> _waiters = [];
    private CancellationTokenSource? _stopping;
    private Task _running = Task.CompletedTask;
    private ClientConnection? _connection;
    private TaskCompletionSource _retryNow = new();
    private volatile ClientState _state;

    /// <summary>Initializes a client. Does not connect before the start.</summary>
    /// <param name="endpoint">The endpoint to connect to.</param>
    /// <param name="factory">The factory of the protocols, one for each connection. May be shared with other clients.</param>
    public ClientService(ClientEndpoint endpoint, ClientFactory factory)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(factory);
        (_endpoint, _factory) = (endpoint, factory);
    }

    /// <summary>Initializes a client from the text of its endpoint, such as <c>tcp:localhost:10000</c>. Does not connect before the start.</summary>
    /// <param name="endpoint">The endpoint to connect to; see <see cref="Endpoint.ParseClient"/>.</param>
    /// <param name="factory">The factory of the protocols, one for each connection. May be shared with other clients.</param>
    /// <exception cref="FormatException">The text is not an endpoint.</exception>
    public ClientService(string endpoint, ClientFactory factory)
        : this(Endpoint.ParseClient(endpoint), factory)
    {
    }

    /// <inheritdoc/>
    IReadOnlyList<ServiceNeed> IServiceNeeds.Needs => _endpoint.NeedsOf(this);

    /// <summary>Gets the current connection state.</summary>
    public ClientState ConnectionState => _state;

    /// <summary>
    /// Gets the function that returns the delay before the next attempt for a number of
    /// consecutive failures (1, 2, …). Defaults to a <see cref="Backoff"/> with default values.
    /// </summary>
    /// <remarks>If the function throws, the service fails.</remarks>
    public Func<int, TimeSpan> RetryPolicy { get; init; } = new Backoff().DelayAfter;

    /// <summary>Gets the function that prepares each new connection before it counts as connected, for example by logging in. Defaults to null: no preparation.</summary>
    /// <remarks>
    /// If the function fails, the connection is aborted and the attempt counts as failed.
    /// Its token is cancelled when the connection is lost or the service stops.
    /// </remarks>
    public Func<Protocol, CancellationToken, Task>? PrepareConnection { get; init; }

    /// <summary>Gets the clock for delays and timeouts. Defaults to the system clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Waits for a connection. Thread-safe; may be called in any state.</summary>
    /// <param name="failAfterFailures">The number of further consecutive failures after which the wait fails. Defaults to null: no limit.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The protocol of the current connection, or of the next one, after <see cref="PrepareConnection"/>.</returns>
    /// <exception cref="OperationCanceledException">The service has stopped, or the wait was cancelled.</exception>
    /// <exception cref="Exception"><paramref name="failAfterFailures"/> attempts failed; this is
    /// the exception of the last one, usually a <see cref="CannotConnectException"/>.</exception>
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

    /// <summary>
    /// Closes the connection gracefully and reconnects at once, or ends the delay before the next attempt. Returns at once. Has no effect in other states.
    /// </summary>
    public void Reconnect()
    {
        ClientConnection? connection = null;
        lock (_gate)
        {
            if (_state == ClientState.Waiting)
                _retryNow.TrySetResult();
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

    /// <summary>Awaits the connection loop as the body of this service, so that an unexpected exception in the loop fails the service.</summary>
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

        CancelWaiters();
        try
        {
            if (_stopping is null)
                return;
            await _stopping.CancelAsync();
            if (connection is not null)
                await connection.LoseAsync(cancellationToken);
            if (!await GracePeriod.WaitAsync(_running, cancellationToken))
                throw new TimeoutException($"The preparation of a connection by the service '{ServicePath}' did not end within the grace period. It must observe its token.");
        }
        finally
        {
            if (_stopping is not null)
                _factory.DoStop();
            _stopping?.Dispose();
            _stopping = null;
            lock (_gate)
                _state = ClientState.Stopped;
            CancelWaiters();
        }
    }

    /// <summary>Fails all waiters, because there will be no connection.</summary>
    private void CancelWaiters()
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

        /// <summary>Gets or sets the number of further failures until the wait fails; null for no limit.</summary>
        public int? Failures { get; set; } = failures;
    }
}
