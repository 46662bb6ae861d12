using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using TacHost.Services.Networking.Connections;

namespace TacHost.Services.Networking.Listening;

/// <summary>An acceptor of connections from a listening socket for its current owner, a listener. The acceptor outlives the listener (docs/adr/0021).</summary>
/// <remarks>
/// Without an owner, connections wait in the backlog. An idle acceptor waits in the poller. While clients connect, it uses a thread until it is idle again.
/// Never calls shutdown(2), because that would stop the listening of all processes that share the socket.
/// </remarks>
internal sealed class Acceptor : IPollable, IRetainedSocket
{
    private const int QuietAfterMilliseconds = 1000;

    /// <summary>The maximum time for a handshake that the kernel has begun to reach the backlog.</summary>
    private const int HandshakeMilliseconds = 10;

    private static readonly TimeSpan _longestBacklogDrain = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly AcceptPause _pause;
    private IAcceptorOwner? _owner;

    /// <summary>The owner for which the thread accepts: the owner at the thread's last check.</summary>
    private IAcceptorOwner? _served;
    private AcceptThread? _thread;
    private bool _isRunning;
    private bool _isAdded;
    private bool _isClosed;
    private TaskCompletionSource? _left;
    private TaskCompletionSource? _drained;

    /// <param name="socket">The socket. The acceptor becomes its owner.</param>
    /// <param name="name">The name by which a service finds the socket again, or null for a socket that is not kept.</param>
    /// <param name="servicePath">The path of the service that the socket was created for.</param>
    public Acceptor(ListeningSocket socket, string? name = null, string servicePath = "")
    {
        (Socket, Name, ServicePath) = (socket, name, servicePath);
        _pause = new AcceptPause(socket.EndPoint);
        socket.SetNonBlocking();
    }

    public ListeningSocket Socket { get; }

    /// <inheritdoc/>
    public SafeHandle Handle => Socket.Handle;

    /// <inheritdoc/>
    public bool IsShared
    {
        get => Socket.IsShared;
        set => Socket.IsShared = value;
    }

    /// <inheritdoc/>
    public string? Name { get; private set; }

    /// <inheritdoc/>
    public string ServicePath { get; private set; }

    /// <inheritdoc/>
    public bool IsOwned
    {
        get
        {
            lock (_gate)
                return _owner is not null;
        }
    }

    /// <summary>Sets the owner in one step. The new owner receives all connections accepted from now on, including those in the backlog.</summary>
    public void SetOwner(IAcceptorOwner owner)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _owner = owner;
            if (_isRunning)
                _thread?.Wake();
            else
                Arm();
        }
    }

    /// <summary>Ends the ownership of a listener, if it is the owner, and completes when no connection is accepted for it any more.</summary>
    /// <returns>true if the socket now has no owner.</returns>
    public async Task<bool> LeaveAsync(IAcceptorOwner owner)
    {
        Task left;
        lock (_gate)
        {
            if (_owner == owner)
                _owner = null;
            left = _served == owner && _isRunning ? (_left ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
            _thread?.Wake();
        }

        await left;
        lock (_gate)
            return _owner is null;
    }

    /// <summary>Closes the socket, if the listener is the owner or there is none. Connections that the kernel has completed before are served first.</summary>
    /// <returns>True if the socket is closed. Otherwise another listener owns it.</returns>
    public async Task<bool> CloseAsync(IAcceptorOwner owner)
    {
        bool isOwner;
        lock (_gate)
            isOwner = _owner == owner;
        if (isOwner)
        {
            Socket.Unlink();
            await DrainBacklogAsync();
        }

        if (!await LeaveAsync(owner))
            return false;
        Close();
        return true;
    }

    /// <inheritdoc/>
    public bool Fits(string name, string servicePath) =>
        (Name == name && (ServicePath == servicePath || !name.EndsWith(":0", StringComparison.Ordinal))) || (Name is not null && Socket.EndPoint is IPEndPoint bound && name == $"tcp:{bound}");

    /// <inheritdoc/>
    public void Rename(string name, string servicePath) => (Name, ServicePath) = (name, servicePath);

    /// <inheritdoc/>
    public void Close()
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            if (_isAdded)
                SocketPoller.Shared!.Remove(Socket.Descriptor, Socket.Handle, this);
        }

        Socket.Unlink();
        Socket.Dispose();
        _pause.Dispose();
    }

    /// <inheritdoc/>
    public void OnReadable()
    {
        lock (_gate)
        {
            if (_isRunning || _owner is null || _isClosed)
                return;
            Begin();
        }
    }

    /// <summary>Accepts connections until the socket is idle or has no owner.</summary>
    public void Run(AcceptThread thread)
    {
        while (NextOwner(thread, out var timeout) is { } owner)
        {
            _pause.WaitForRoom(thread, owner.Logger);
            var result = thread.Wait(Socket.Descriptor, timeout);
            if (result == AcceptThread.WaitResult.Readable)
                AcceptOne(owner, thread);
            else if (result == AcceptThread.WaitResult.TimedOut && TryBeQuiet(owner))
                return;
        }
    }

    private IAcceptorOwner? NextOwner(AcceptThread thread, out int timeout)
    {
        lock (_gate)
        {
            timeout = _drained is null ? QuietAfterMilliseconds : HandshakeMilliseconds;
            _thread = thread;
            if (_served != _owner)
            {
                _served = _owner;
                _left?.SetResult();
                _left = null;
            }

            if (_owner is null)
                End();
            return _owner;
        }
    }

    private bool TryBeQuiet(IAcceptorOwner owner)
    {
        lock (_gate)
        {
            if (_owner != owner)
                return false;
            End();
            Arm();
            return true;
        }
    }

    private void AcceptOne(IAcceptorOwner owner, AcceptThread thread)
    {
        StreamSocket? socket = null;
        ConnectionPermit? permit = null;
        try
        {
            if (!owner.TryReserve(thread.Wake, out permit))
            {
                thread.Sleep(Timeout.Infinite);
                return;
            }

            socket = StreamSocket.Accept(Socket.Handle, owner.NeedsManagedSocket);
            if (socket is null)
            {
                // Another process that shares the socket accepted the connection first.
                permit?.Dispose();
                return;
            }

            _pause.Accepted(socket);
            owner.Accept(socket, permit);
        }
        catch (SocketException e)
        {
            permit?.Dispose();
            socket?.Dispose();

            // The peer may have disconnected between its connect and the accept, or before the query of its address.
            if (socket is null && e.SocketErrorCode is not (SocketError.ConnectionAborted or SocketError.ConnectionReset))
                _pause.WaitAfter(e, thread, owner.Logger);
        }
    }

    /// <summary>Serves the connections in the backlog. Limited in time, because the backlog of a UNIX socket under constant load is never empty.</summary>
    private async Task DrainBacklogAsync()
    {
        if (Socket.IsShared)
            return;
        Task drained;
        lock (_gate)
        {
            Socket.DropNewConnections();
            if (!_isRunning && !Socket.HasBacklog())
                return;
            drained = (_drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            if (_isRunning)
                _thread?.Wake();
            else
                Begin();
        }

        await drained.WaitAsync(_longestBacklogDrain).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <remarks>Called with the lock held, like the following methods.</remarks>
    private void Begin()
    {
        (_isRunning, _served) = (true, _owner);
        AcceptThreads.Shared.Run(this);
    }

    private void End()
    {
        (_isRunning, _served, _thread) = (false, null, null);
        _left?.SetResult();
        _drained?.SetResult();
        _left = _drained = null;
    }

    private void Arm()
    {
        // Without a poller, a thread waits instead.
        if (SocketPoller.Shared?.TryArm(Socket.Descriptor, Socket.Handle, this, _isAdded) == true)
            _isAdded = true;
        else
            Begin();
    }
}
