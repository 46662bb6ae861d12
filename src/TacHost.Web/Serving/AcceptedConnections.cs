using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Connections;
using TacHost.Services.Networking.Listening;

namespace TacHost.Web.Serving;

/// <summary>The connections that one of our listeners accepts, as Kestrel takes them.</summary>
internal sealed class AcceptedConnections(StreamListener listener, ILogger logger, ILoggerFactory loggers) : IConnectionListener
{
    private readonly Channel<ConnectionContext> _connections = Channel.CreateUnbounded<ConnectionContext>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SocketConnectionContextFactory _contexts = new(new SocketConnectionFactoryOptions(), loggers.CreateLogger("Sockets"));
    private readonly LogLimit _lines = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<EndableInput, bool> _inputs = new();

    public EndPoint EndPoint => listener.EndPoint;

    /// <summary>Begins to accept.</summary>
    public void Start() => listener.Start();

    /// <summary>Takes an accepted connection on; behind a proxy once it is known whose it is.</summary>
    public void Add(Socket socket)
    {
        if (listener.Settings.TrustedProxies is { } trusted)
            _ = AddProxiedAsync(socket, trusted);
        else
            Offer(_contexts.Create(socket));
    }

    /// <summary>Ends the connections on which no request is being answered, such as those with half a header.</summary>
    public void EndUnlessAnswering()
    {
        foreach (var input in _inputs.Keys)
            input.EndUnlessAnswering();
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _connections.Reader.WaitToReadAsync(cancellationToken) && _connections.Reader.TryRead(out var connection) ? connection : null;

    /// <summary>The port itself is closed by the service that opened it.</summary>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _closing.Cancel();
        _connections.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        while (_connections.Reader.TryRead(out var connection))
            await connection.DisposeAsync();
        _contexts.Dispose();
    }

    private async Task AddProxiedAsync(Socket socket, TrustedProxies trusted)
    {
        await Task.Yield();
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token);
            limit.CancelAfter(listener.Settings.HandshakeTimeout);
            var ends = await ProxyHeader.ReceiveAsync(socket, socket.RemoteEndPoint, trusted, limit.Token);
            var connection = _contexts.Create(socket);
            connection.RemoteEndPoint = ends?.Peer ?? connection.RemoteEndPoint;
            connection.LocalEndPoint = ends?.Local ?? connection.LocalEndPoint;
            Offer(connection);
        }
        catch (Exception e) when (e is SocketException or FormatException or OperationCanceledException)
        {
            _lines.Write(more => WebLog.HandshakeFailed(logger, EndPoint.ToString()!, e.Message, more));
            socket.Dispose();
        }
    }

    private void Offer(ConnectionContext connection)
    {
        EndableInput input = new(connection.Transport.Input);
        connection.Transport = new DuplexPipe(input, connection.Transport.Output);
        connection.Features.Set(input);
        _inputs.TryAdd(input, true);
        connection.ConnectionClosed.UnsafeRegister(_ => _inputs.TryRemove(input, out var _), null);
        if (!_connections.Writer.TryWrite(connection))
            connection.Abort();
    }
}
