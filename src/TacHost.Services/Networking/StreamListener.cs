using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace TacHost.Services.Networking;

/// <summary>One listening stream socket: accepts on a thread of its own and keeps the connections that outlive their first callback.</summary>
/// <remarks>
/// A blocking accept and a send from the same thread cost 22 µs of CPU for each short connection, against 36 µs with
/// <c>AcceptAsync</c> and 20 µs in C (docs/adr/0003); hence the thread, and hence the rule that <c>ConnectionMade</c> must not block.
/// </remarks>
internal sealed class StreamListener
{
    private static readonly TimeSpan _resourcePause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _longestBacklogDrain = TimeSpan.FromMilliseconds(500);

    private readonly Socket _socket;
    private readonly string _servicePath;
    private readonly ServerFactory _factory;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly HashSet<SocketTransport> _connections = [];
    private readonly TaskCompletionSource _accepting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _closing = new();
    private TaskCompletionSource? _drained;
    private bool _started;

    private StreamListener(Socket socket, string servicePath, ServerFactory factory, ILogger logger)
    {
        (_socket, _servicePath, _factory, _logger) = (socket, servicePath, factory, logger);
        EndPoint = socket.LocalEndPoint!;
    }

    /// <summary>The address that was bound.</summary>
    public EndPoint EndPoint { get; }

    /// <summary>Whether the listener is being closed: connections that only linger are not waited for long.</summary>
    public bool IsClosing => _closing.IsSet;

    /// <summary>Binds and listens: from here on the kernel completes connections, to be accepted once the listener starts.</summary>
    /// <exception cref="CannotListenException">The address cannot be bound.</exception>
    public static StreamListener Bind(IPEndPoint endPoint, string servicePath, ServerFactory factory, ILogger logger)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = endPoint.Address.Equals(IPAddress.IPv6Any);

            // Linux hands these on to each accepted socket, which saves a call per connection.
            socket.NoDelay = true;
            socket.Bind(endPoint);
            socket.Listen();
            return new StreamListener(socket, servicePath, factory, logger);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw new CannotListenException(endPoint, $"The service '{servicePath}' cannot listen on {endPoint}, {WhyNot(e, endPoint)}", e);
        }
    }

    /// <summary>Begins to accept.</summary>
    public void Start()
    {
        _started = true;
        new Thread(Accept) { IsBackground = true, Name = $"accept {EndPoint}" }.Start();
    }

    /// <summary>Closes the port, after accepting what the kernel had completed by now, and ends when nothing is accepted any more.</summary>
    public async Task CloseAsync()
    {
        if (_started)
        {
            // Closing the socket resets every connection in its backlog. The accepting thread empties that; a port under
            // constant load never gets quite empty, hence the limit.
            using var limit = new CancellationTokenSource(_longestBacklogDrain);
            while (!limit.IsCancellationRequested && HasBacklog())
                await Task.Yield();
        }

        _closing.Set();
        _socket.Dispose();
        if (_started)
            await _accepting.Task;
    }

    /// <summary>Waits for the open connections to end; aborts those that have not when the token is cancelled.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        SocketTransport[] open;
        TaskCompletionSource drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_connections.Count == 0)
                return;
            open = [.. _connections];
            _drained = drained;
        }

        foreach (var connection in open)
            connection.HurryLinger();
        await using var abort = cancellationToken.Register(AbortAll);
        await drained.Task;
    }

    /// <summary>Counts in a connection that goes on after its first callback.</summary>
    public void Keep(SocketTransport connection)
    {
        lock (_gate)
            _connections.Add(connection);
    }

    /// <summary>Counts it out again.</summary>
    public void Release(SocketTransport connection)
    {
        lock (_gate)
        {
            _connections.Remove(connection);
            if (_connections.Count == 0)
                _drained?.TrySetResult();
        }
    }

    private void Accept()
    {
        var paused = false;
        while (!_closing.IsSet)
        {
            Socket? socket = null;
            try
            {
                socket = _socket.Accept();
                if (paused)
                {
                    paused = false;
                    NetworkingLog.Attempt(() => NetworkingLog.AcceptResumed(_logger, EndPoint.ToString()!));
                }

                Serve(socket);
            }
            catch (Exception) when (_closing.IsSet)
            {
                socket?.Dispose();
            }
            catch (SocketException e) when (IsOutOfResources(e.SocketErrorCode))
            {
                if (!paused)
                {
                    paused = true;
                    NetworkingLog.Attempt(() => NetworkingLog.AcceptPaused(_logger, EndPoint.ToString()!, e.Message));
                }

                _closing.Wait(_resourcePause);
            }
            catch (SocketException)
            {
                // The peer gave up between its connect and our accept, or before we could ask for its address.
                socket?.Dispose();
            }
        }

        _accepting.SetResult();
    }

    private void Serve(Socket socket)
    {
        var transport = new SocketTransport(socket, this);
        Protocol? protocol;
        try
        {
            protocol = _factory.BuildProtocol(transport.Peer);
        }
        catch (Exception e)
        {
            // The boundary around one connection: others must not notice.
            NetworkingLog.Attempt(() => NetworkingLog.ProtocolThrew(_factory.Logger, e, transport.Peer.ToString()!, TypeName.Of(_factory.GetType())));
            protocol = null;
        }

        if (protocol is null)
            transport.AbortConnection();
        else
            transport.Open(protocol, _factory.Logger);
    }

    private void AbortAll()
    {
        SocketTransport[] open;
        lock (_gate)
            open = [.. _connections];
        if (open.Length > 0)
            NetworkingLog.ConnectionsAborted(_logger, open.Length, EndPoint.ToString()!);
        foreach (var connection in open)
            connection.AbortConnection();
    }

    private bool HasBacklog()
    {
        try
        {
            return _socket.Poll(0, SelectMode.SelectRead);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private static bool IsOutOfResources(SocketError error) =>
        error is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable || error == (SocketError)(-1);

    private static string WhyNot(SocketException e, IPEndPoint endPoint) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse when PortHolder.Describe(endPoint) is { } holder =>
            $"because {holder} already does.\n  Choose another port in the tac file, or stop that one first.",
        SocketError.AddressAlreadyInUse =>
            "because another process already does.\n  Choose another port in the tac file, or stop that one first.",
        SocketError.AccessDenied =>
            $"because only root may listen on a port below 1024.\n  Start as root, or choose a port above 1023.",
        SocketError.AddressNotAvailable =>
            "because this machine does not have that address.\n  Choose one of its own, such as 127.0.0.1, or leave the interface out for all of them.",
        _ => $"because of this: {e.Message}.",
    };
}
