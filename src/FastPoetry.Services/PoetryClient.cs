using System.Net.Sockets;
using TacHost.Services.Networking;

namespace FastPoetry.Services;

/// <summary>Fetches poems from a server that sends one poem and closes the connection, such as a server with a <see cref="PoetryFactory"/>.</summary>
public sealed class PoetryClient
{
    /// <summary>The default of <see cref="LongestPoem"/>: 1 MiB.</summary>
    public const int DefaultLongestPoem = 1024 * 1024;

    /// <summary>Initializes a client. Does not open a connection.</summary>
    /// <param name="server">The endpoint of the server.</param>
    public PoetryClient(ClientEndpoint server)
    {
        ArgumentNullException.ThrowIfNull(server);
        Server = server;
    }

    /// <summary>Initializes a client from the text of an endpoint, such as <c>tcp:localhost:10000</c>. Does not open a connection.</summary>
    /// <param name="server">The endpoint of the server; see <see cref="Endpoint.ParseClient"/>.</param>
    /// <exception cref="FormatException">The text is not an endpoint.</exception>
    public PoetryClient(string server)
        : this(Endpoint.ParseClient(server))
    {
    }

    /// <summary>Gets the endpoint of the server.</summary>
    public ClientEndpoint Server { get; }

    /// <summary>Gets the maximum length of a poem in bytes. The client never buffers more. Defaults to <see cref="DefaultLongestPoem"/>.</summary>
    public int LongestPoem
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(LongestPoem));
            field = value;
        }
    } = DefaultLongestPoem;

    /// <summary>Gets the timeout for connecting and reading together. Defaults to 30 seconds.</summary>
    public TimeSpan Timeout
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.FromMilliseconds(1), nameof(Timeout));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromMilliseconds(uint.MaxValue - 1), nameof(Timeout));
            field = value;
        }
    } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the clock for <see cref="Timeout"/>. Defaults to the system clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Fetches the current poem. Thread-safe; each call opens a new connection.</summary>
    /// <remarks>
    /// The end of a poem is the close of the connection, so a poem that the server
    /// truncates with an orderly close is not detected. A reset connection is a failure.
    /// </remarks>
    /// <exception cref="PoetryException">The connection failed, the timeout expired, or the poem is too long.</exception>
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
            throw Failed($"it took longer than {Timeout.TotalSeconds:0.###} s, and {protocol.Count} bytes had been received", e);
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

    private PoetryException Failed(string reason, Exception cause) => new($"No poem was received from '{Server}', because {reason}.", cause);
}
