using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using TacHost.Control.Wire;
using TacHost.Interop;

namespace TacHost.Control.Server;

/// <summary>The control socket of this process: listens at an abstract name and accepts connections of the same user and of root (ADR 36).</summary>
/// <remarks>
/// Each client has a thread of its own and is served by blocking calls. So a process whose thread pool is exhausted can still be asked why.
/// A start only binds the socket; the accepting thread and JSON are loaded later.
/// </remarks>
internal sealed class ControlServer : IDisposable
{
    private const uint Root = 0;

    /// <summary>How long a stopping process waits for clients to read the last answers.</summary>
    private static readonly TimeSpan _longestFarewell = TimeSpan.FromSeconds(1);

    /// <summary>How long accepting pauses when there is no descriptor or no thread.</summary>
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

    /// <summary>Listens. Call it after the process has become the user that it runs as, whom clients see as the owner.</summary>
    /// <returns>The server, or null if the system refused, which is logged.</returns>
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

    /// <summary>Begins to serve, on threads of its own.</summary>
    /// <param name="methods">Makes the table of methods for the first client.</param>
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

    /// <summary>Lets calls that have been answered reach their clients, and closes the socket.</summary>
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
                client.Thread!.Join(_longestFarewell);
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
            Waiting.For(Task.Delay(_pause));
        }
    }

    /// <summary>Lets root in, and the user of this process if it could not become anybody else again: with --euid, he could get at root through it.</summary>
    private bool MayEnter(LocalSocket accepted)
    {
        var (process, user, _) = accepted.Peer;
        _ = Libc.GetUserIds(out var real, out var effective, out var saved);
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
            // One client is not to end the process.
            ControlLog.MethodFailed(_logger, e, "");
        }
        finally
        {
            Forget(client);
        }
    }

    /// <summary>Closes the client that has been idle for longest.</summary>
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
