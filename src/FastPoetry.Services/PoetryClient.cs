using System.Net.Sockets;
using TacHost.Services.Networking;

namespace FastPoetry.Services;

/// <summary>Fetches poems from a server that says one and closes, such as one with <see cref="PoetryFactory"/>.</summary>
public sealed class PoetryClient
{
    /// <summary>The longest poem that is accepted by default: 1 MiB.</summary>
    public const int DefaultLongestPoem = 1024 * 1024;

    /// <summary>Describes a client. Nothing is opened.</summary>
    /// <param name="server">Where the server listens.</param>
    public PoetryClient(ClientEndpoint server)
    {
        ArgumentNullException.ThrowIfNull(server);
        Server = server;
    }

    /// <summary>Describes a client by the text of an endpoint, such as <c>tcp:localhost:10000</c>. Nothing is opened.</summary>
    /// <param name="server">Where the server listens; see <see cref="Endpoint.ParseClient"/>.</param>
    /// <exception cref="FormatException">It is not an endpoint.</exception>
    public PoetryClient(string server)
        : this(Endpoint.ParseClient(server))
    {
    }

    /// <summary>Where the server listens.</summary>
    public ClientEndpoint Server { get; }

    /// <summary>The longest poem that is accepted, in bytes. No more is ever read. Defaults to <see cref="DefaultLongestPoem"/>.</summary>
    public int LongestPoem { get; init; } = DefaultLongestPoem;

    /// <summary>How long connecting and reading may take together. Defaults to 30 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock for <see cref="Timeout"/>. Defaults to the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Fetches the poem that the server says now. May be called by several threads at once; each call makes a connection of its own.</summary>
    /// <remarks>A poem ends where the server closes: of one that was cut short by that, nobody can tell. One whose connection breaks is no poem.</remarks>
    /// <exception cref="PoetryException">There is no server, it takes too long, or it says too much.</exception>
    public async Task<ReadOnlyMemory<byte>> FetchAsync(CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource limit = new(Timeout, TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        PoetryClientProtocol protocol = new(LongestPoem);
        try
        {
            await Server.ConnectProtocolAsync(protocol, cancellationToken: either.Token);
            await using var abort = either.Token.Register(protocol.Abort);
            return await protocol.Poem.WaitAsync(either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed($"it took longer than {Timeout.TotalSeconds:0.###} s, and {protocol.Count} bytes had come", e);
        }
        catch (CannotConnectException e)
        {
            throw new PoetryException(e.Message, e);
        }
        catch (Exception e) when (e is SocketException or IOException or TimeoutException)
        {
            throw Failed($"the connection broke after {protocol.Count} bytes: {e.Message.TrimEnd('.')}", e);
        }
        catch (InvalidDataException e)
        {
            throw Failed(e.Message, e);
        }
    }

    private PoetryException Failed(string reason, Exception cause) => new($"No poem came from '{Server}', because {reason}.", cause);
}
