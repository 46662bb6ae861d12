using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using TacHost.Services.Networking;

namespace TacHost.Web.Serving;

/// <summary>A Kestrel listener that returns the connections accepted by a TacHost listener.</summary>
internal sealed class AcceptedConnections(EndPoint endPoint, ILoggerFactory loggers) : IConnectionListener
{
    private readonly Channel<ConnectionContext> _connections = Channel.CreateUnbounded<ConnectionContext>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SocketConnectionContextFactory _contexts = new(new SocketConnectionFactoryOptions(), loggers.CreateLogger("Sockets"));
    private readonly ConcurrentDictionary<EndableInput, bool> _inputs = new();

    public EndPoint EndPoint => endPoint;

    /// <summary>Gets the peer of each open connection, and what it waits for.</summary>
    public IEnumerable<string> Open => _inputs.Keys.Select(input => input.Describe());

    /// <summary>Passes an accepted connection to Kestrel, which closes it.</summary>
    public void Add(AcceptedConnection accepted)
    {
        var connection = _contexts.Create(accepted.Socket);
        (connection.RemoteEndPoint, connection.LocalEndPoint) = (accepted.Peer, accepted.Local);
        connection.ConnectionClosed.UnsafeRegister(static released => ((AcceptedConnection)released!).Release(), accepted);
        EndableInput input = new(connection.Transport.Input, accepted.Peer);
        connection.Transport = new DuplexPipe(input, connection.Transport.Output);
        connection.Features.Set(input);
        _inputs.TryAdd(input, true);
        connection.ConnectionClosed.UnsafeRegister(_ => _inputs.TryRemove(input, out var _), null);
        if (_connections.Writer.TryWrite(connection))
            return;
        connection.Abort();
        accepted.Dispose();
    }

    /// <summary>Ends the connections without a running request, such as those with an incomplete header.</summary>
    public void EndUnlessAnswering()
    {
        foreach (var input in _inputs.Keys)
            input.EndUnlessAnswering();
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _connections.Reader.WaitToReadAsync(cancellationToken) && _connections.Reader.TryRead(out var connection) ? connection : null;

    /// <summary>Completes the queue. The service that opened the port closes it.</summary>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
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
}
