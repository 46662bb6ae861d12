using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using TacHost.Native;

namespace TacHost.Control.Server;

/// <summary>The control socket of this process: listens on an abstract name and accepts connections of the same user and of root (ADR 36).</summary>
/// <remarks>
/// Each client is served by blocking calls on its own thread, so that a process whose thread pool is exhausted can still be diagnosed.
/// The start only binds the socket. The accepting thread and the JSON code are loaded later.
/// </remarks>
internal sealed class ControlServer : IDisposable
{
    private const uint Root = 0;

    /// <summary>The time that a stopping process waits for each client with a running call.</summary>
    private static readonly TimeSpan _closeTimeout = TimeSpan.FromSeconds(1);

    /// <summary>The delay after a failed accept, such as without a free file descriptor.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    private readonly LocalSocket _socket;
    private readonly ILogger _logger;
    private readonly ControlLimits _limits;
    private readonly List<Client> _clients = [];
    private volatile bool _isOver;

    private ControlServer(LocalSocket socket, string name, ILogger logger, ControlLimits limits) =>
        (_socket, Name, _logger, _limits) = (socket, name, logger, limits);

    /// <summary>Gets the abstract name.</summary>
    public string Name { get; }

    /// <summary>Listens on the control socket. Call this method after the process has switched to its user, whom clients see as the owner.</summary>
    /// <returns>The server, or null if the system refused. The error is logged.</returns>
    public static ControlServer? Listen(ILogger logger, ControlLimits? limits = null)
    {
        limits ??= new ControlLimits();
        var name = ControlAddress.Of(Environment.ProcessId);
        var socket = LocalSocket.Listen(name, limits.Backlog);
        if (socket is null && Marshal.GetLastPInvokeError() == Errno.AddressInUse)
            socket = LocalSocket.Listen(name = ControlAddress.Unguessable(Environment.ProcessId), limits.Backlog);
        if (socket is not null)
            return new ControlServer(socket, name, logger, limits);
        ControlLog.CannotListen(logger, Errno.LastText);
        return null;
    }

    /// <summary>Starts serving clients on separate threads.</summary>
    /// <param name="methods">Creates the table of methods for the first client.</param>
    public void Serve(Func<ControlMethods> methods)
    {
        try
        {
            new Thread(() => Accept(methods)) { IsBackground = true, Name = "control" }.Start();
        }
        catch (OutOfMemoryException)
        {
            ControlLog.CannotListen(_logger, "there is no further thread");
        }
    }

    /// <summary>Waits until running calls have responded, and closes the socket.</summary>
    public void Dispose()
    {
        _isOver = true;
        _socket.ShutDown();
        List<Client> open;
        lock (_clients)
            open = [.. _clients];
        foreach (var client in open)
        {
            if (client.Connection.Finish())
                client.Thread!.Join(_closeTimeout);
            client.Connection.Close();
        }

        _socket.Dispose();
    }

    private void Accept(Func<ControlMethods> makeMethods)
    {
        ControlMethods? methods = null;
        while (!_isOver)
        {
            if (_socket.Accept() is { } accepted)
            {
                if (MayEnter(accepted))
                    Begin(accepted, methods ??= makeMethods());
                continue;
            }

            if (_isOver)
                return;
            if (Marshal.GetLastPInvokeError() is Errno.Interrupted or Errno.ConnectionAborted)
                continue;
            BlockingWait.For(Task.Delay(_pause));
        }
    }

    /// <summary>
    /// Accepts root, and the user of this process if the process cannot switch back to another user. With --euid,
    /// that user could gain the privileges of root through this process.
    /// </summary>
    private bool MayEnter(LocalSocket accepted)
    {
        var (process, user, _) = accepted.Peer;
        _ = LibcIdentity.GetResUid(out var real, out var effective, out var saved);
        if (user == Root || (user == effective && effective == real && effective == saved))
            return true;
        ControlLog.Refused(_logger, process, user);
        accepted.Dispose();
        return false;
    }

    private void Begin(LocalSocket accepted, ControlMethods methods)
    {
        Client client = new(new ControlConnection(accepted, methods, _logger, _limits));
        lock (_clients)
        {
            if (_clients.Count >= _limits.Clients && !MakeRoom())
            {
                accepted.Dispose();
                return;
            }

            _clients.Add(client);
        }

        try
        {
            client.Thread = new Thread(() => Run(client)) { IsBackground = true, Name = "control client" };
            client.Thread.Start();
        }
        catch (OutOfMemoryException)
        {
            Forget(client);
            accepted.Dispose();
        }
    }

    private void Run(Client client)
    {
        try
        {
            client.Connection.Run();
        }
        catch (Exception e)
        {
            // An error of one client must not end the process.
            ControlLog.MethodFailed(_logger, e, "");
        }
        finally
        {
            Forget(client);
        }
    }

    /// <summary>Closes the oldest connection that is idle.</summary>
    private bool MakeRoom()
    {
        if (_clients.Find(client => !client.Connection.IsBusy) is not { } idle)
            return false;
        _clients.Remove(idle);
        idle.Connection.Close();
        return true;
    }

    private void Forget(Client client)
    {
        lock (_clients)
            _clients.Remove(client);
    }

    private sealed class Client(ControlConnection connection)
    {
        public ControlConnection Connection => connection;

        public Thread? Thread { get; set; }
    }
}
