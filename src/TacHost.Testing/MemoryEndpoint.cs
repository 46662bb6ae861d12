using System.Net.Sockets;
using TacHost.Services.Networking;

namespace TacHost.Testing;

/// <summary>Endpoints that exist only inside this process, for tests of servers and clients: no port, no file, and no other process can connect by chance.</summary>
/// <remarks>They are abstract UNIX sockets, so the kernel transports the data as it does for every other endpoint. Names are case-sensitive.</remarks>
public static class MemoryEndpoint
{
    private const string Scheme = "memory";
    private static int _isRegistered;

    /// <summary>Registers the kind <c>memory</c>, so that <c>memory:NAME</c> is an endpoint for servers and clients, also in a tac file. A second call has no effect.</summary>
    public static void Register()
    {
        if (Interlocked.Exchange(ref _isRegistered, 1) == 1)
            return;
        Endpoint.RegisterServer(Scheme, text => Server(NameIn(text)));
        Endpoint.RegisterClient(Scheme, text => Client(NameIn(text)));
    }

    /// <summary>Returns the endpoint for a server.</summary>
    /// <param name="name">The name, which one server at a time can listen on.</param>
    public static ServerEndpoint Server(string name)
    {
        var address = AddressOf(name);
        return ServerEndpoint.Custom($"{Scheme}:{name}", _ =>
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Bind(address);
                socket.Listen();
                return Task.FromResult<IReadOnlyList<Socket>>([socket]);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        });
    }

    /// <summary>Returns the endpoint for a client.</summary>
    /// <param name="name">The name that the server listens on.</param>
    public static ClientEndpoint Client(string name)
    {
        var address = AddressOf(name);
        return ClientEndpoint.Custom($"{Scheme}:{name}", async cancellationToken =>
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(address, cancellationToken);
                return socket;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        });
    }

    private static string NameIn(string text)
    {
        var name = text[Math.Min(text.Length, Scheme.Length + 1)..];
        return name.Length > 0 ? name : throw new FormatException($"'{text}' is not an endpoint, because its name is missing. Write {Scheme}:NAME.");
    }

    /// <summary>Returns the address, which contains the process ID because all processes of a network namespace share these names.</summary>
    private static UnixDomainSocketEndPoint AddressOf(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new UnixDomainSocketEndPoint($"\0tachost-testing/{Environment.ProcessId}/{name}");
    }
}
