using System.Net;
using TacHost.Services.Networking.Connections;

namespace TacHost.Services.Networking.Connecting;

/// <summary>A connection of a client, from the first callback of its protocol to the last.</summary>
internal sealed class ClientConnection : IConnectionOwner
{
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SocketTransport? _transport;
    private bool _kept;

    private ClientConnection(Protocol protocol, ConnectionCounts? counts) => (Protocol, Counts) = (protocol, counts);

    public Protocol Protocol { get; }

    /// <summary>Gets a task that completes after the last callbacks of the protocol and the factory.</summary>
    public Task Ended { get; private set; } = Task.CompletedTask;

    /// <summary>Gets the cause of the end, or null if the connection was closed gracefully. Valid after the end.</summary>
    public Exception? Reason => _transport!.Reason;

    /// <inheritdoc/>
    public ConnectionCounts? Counts { get; }

    /// <inheritdoc/>
    public EndPoint? LocalEndPoint => null;

    /// <inheritdoc/>
    public TimeSpan? IdleTimeout => null;

    /// <inheritdoc/>
    public bool IsClosing { get; private set; }

    /// <inheritdoc/>
    public SocketPoller? Poller => null;

    /// <inheritdoc/>
    public CancellationToken StoppingToken => CancellationToken.None;

    /// <summary>Makes one attempt within the endpoint's timeout and notifies the factory of its outcome. Completes after the protocol's first callback.</summary>
    /// <exception cref="CannotConnectException">The connection could not be established.</exception>
    /// <exception cref="OperationCanceledException">The attempt was cancelled.</exception>
    public static async Task<ClientConnection> ConnectAsync(ClientEndpoint endpoint, ClientFactory factory, ConnectionCounts? counts, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        Notify(factory, () => factory.StartedConnecting(endpoint));
        try
        {
            var opened = await OpenAsync(endpoint, timeProvider, cancellationToken);
            return Serve(opened, endpoint, factory, counts);
        }
        catch (Exception e) when (e is CannotConnectException or OperationCanceledException)
        {
            Notify(factory, () => factory.ClientConnectionFailed(endpoint, e));
            throw;
        }
    }

    public void Lose() => _transport!.LoseConnection();

    public void Abort() => _transport!.AbortConnection();

    /// <summary>Closes the connection gracefully and completes when it is closed. Aborts the connection when the token is cancelled.</summary>
    public async Task LoseAsync(CancellationToken cancellationToken)
    {
        IsClosing = true;
        _transport!.LoseConnection();
        _transport.ShortenLinger();
        await using var abort = cancellationToken.Register(_transport.AbortConnection);
        await Ended;
    }

    /// <inheritdoc/>
    public void Add(IConnection connection) => _kept = true;

    /// <inheritdoc/>
    public void Remove(IConnection connection) => _lost.TrySetResult();

    private static async Task<OpenedSocket> OpenAsync(ClientEndpoint endpoint, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(endpoint.Timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await endpoint.OpenAsync(either.Token);
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && (e is OperationCanceledException || ConnectFailure.IsExpected(e)))
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
        catch (Exception e) when (limit.IsCancellationRequested && (e is OperationCanceledException || ConnectFailure.IsExpected(e)))
        {
            throw ConnectFailure.TimedOut(endpoint);
        }
        catch (Exception e) when (ConnectFailure.IsExpected(e))
        {
            throw ConnectFailure.Of(endpoint, e);
        }
    }

    private static ClientConnection Serve(OpenedSocket opened, ClientEndpoint endpoint, ClientFactory factory, ConnectionCounts? counts)
    {
        Protocol? protocol = null;
        Exception? failure = null;
        try
        {
            protocol = factory.BuildProtocol(opened.Peer);
        }
        catch (Exception e)
        {
            // The error boundary of one connection: a failure of the factory is a failure of the attempt.
            failure = e;
        }

        if (protocol is null)
        {
            opened.Tls?.Dispose();
            new StreamSocket(opened.Socket, opened.Peer).Reset();
            throw ConnectFailure.NotWanted(endpoint, TypeName.Of(factory.GetType()), failure);
        }

        ClientConnection connection = new(protocol, counts);
        ConnectionEnds ends = new(opened.Peer, StreamSocket.LocalOf(opened.Socket) ?? opened.Peer);
        StreamSocket socket = new(opened.Socket, opened.Peer);
        connection._transport = opened.Tls is { } tls ? new TlsTransport(socket, connection, ends, tls) : new SocketTransport(socket, connection, ends);
        connection._transport.Open(protocol, factory.Logger);

        // A connection that is closed after its first callback has already had its last, and was never kept.
        if (!connection._kept)
            connection._lost.TrySetResult();
        connection.Ended = NotifyLostAsync(connection, endpoint, factory);
        return connection;
    }

    private static async Task NotifyLostAsync(ClientConnection connection, ClientEndpoint endpoint, ClientFactory factory)
    {
        await connection._lost.Task;
        Notify(factory, () => factory.ClientConnectionLost(endpoint, connection.Reason));
    }

    /// <summary>Runs a callback of the factory, and logs its exceptions.</summary>
    private static void Notify(ClientFactory factory, Action callback)
    {
        try
        {
            callback();
        }
        catch (Exception e)
        {
            NetworkingLog.Attempt(() => NetworkingLog.FactoryThrew(factory.Logger, e, TypeName.Of(factory.GetType())));
        }
    }
}
