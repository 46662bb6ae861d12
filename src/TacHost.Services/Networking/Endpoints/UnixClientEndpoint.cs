using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using TacHost.Services.Networking.Connecting;

namespace TacHost.Services.Networking.Endpoints;

/// <summary>A UNIX socket: <c>unix:/run/poetry.sock</c>.</summary>
internal sealed class UnixClientEndpoint : ClientEndpoint
{
    public UnixClientEndpoint()
    {
    }

    [SetsRequiredMembers]
    public UnixClientEndpoint(string path, TimeSpan? timeout)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path.Contains('\0'))
            throw new ArgumentException("The path of a UNIX socket cannot have a NUL character in it.", nameof(path));
        Path = path;
        Timeout = ClientKinds.Checked(timeout);
    }

    public required string Path { get; init; }

    public static UnixClientEndpoint Parse(EndpointText text)
    {
        var path = text.Required("path", "the path of a socket");
        if (path.Contains('\0'))
            throw text.ValueError("path", path, "a path, in which there is no NUL character");
        var timeout = ClientKinds.Timeout(text);
        UnixServerEndpoint.SkipLockFile(text);
        return new UnixClientEndpoint { Path = path, Timeout = timeout };
    }

    /// <inheritdoc/>
    public override string ToString() => EndpointText.Print("unix", ("", Path), ("timeout", ClientKinds.Print(Timeout)));

    /// <inheritdoc/>
    internal override async Task<OpenedSocket> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await UnixStream.ConnectAsync(Path, cancellationToken);
        }
        catch (SocketException e)
        {
            var (reason, advice) = e.SocketErrorCode switch
            {
                SocketError.AddressNotAvailable => ("there is no such file", "Start that server, or correct the path"),
                SocketError.ConnectionRefused => ("no process listens on that socket file", "Start that server, or correct the path"),
                SocketError.AccessDenied => ("this user may not write to that file", "Run as a user who may, or give the socket another mode"),
                _ => ($"the attempt failed: {e.Message}", "Correct that, or connect to another endpoint"),
            };
            throw ConnectFailure.Make(this, e.SocketErrorCode, reason, advice, e);
        }
    }
}
