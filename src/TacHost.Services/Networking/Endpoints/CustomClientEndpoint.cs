using System.Net.Sockets;
using TacHost.Services.Networking.Connecting;

namespace TacHost.Services.Networking.Endpoints;

/// <summary>An endpoint of a kind that a library brought.</summary>
internal sealed class CustomClientEndpoint(string text, Func<CancellationToken, Task<Socket>> connectAsync) : ClientEndpoint
{
    /// <inheritdoc/>
    public override string ToString() => text;

    /// <inheritdoc/>
    internal override async Task<OpenedSocket> OpenAsync(CancellationToken cancellationToken)
    {
        var socket = await connectAsync(cancellationToken);
        return new OpenedSocket(socket, socket.RemoteEndPoint!);
    }
}
