using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using TacHost.Services.Networking.Connecting;

namespace TacHost.Services.Networking.Endpoints;

/// <summary>An endpoint for a TCP port of a host: <c>tcp:localhost:10000</c>.</summary>
internal sealed class TcpClientEndpoint : ClientEndpoint
{
    public TcpClientEndpoint()
    {
    }

    [SetsRequiredMembers]
    public TcpClientEndpoint(string host, int port, TimeSpan? timeout, IPAddress? bindAddress)
    {
        (Host, Port, BindAddress) = (ClientKinds.CheckedHost(host), ClientKinds.Checked(port), bindAddress);
        Timeout = ClientKinds.Checked(timeout);
    }

    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary>Gets the local address to bind, or null to let the system choose one.</summary>
    public IPAddress? BindAddress { get; init; }

    public static TcpClientEndpoint Parse(EndpointText text) => new()
    {
        Host = ClientKinds.Host(text),
        Port = ClientKinds.Port(text),
        Timeout = ClientKinds.Timeout(text),
        BindAddress = ClientKinds.BindAddress(text),
    };

    /// <inheritdoc/>
    public override string ToString() => EndpointText.Print(
        "tcp",
        ("", Host),
        ("", Port.ToString(CultureInfo.InvariantCulture)),
        ("timeout", ClientKinds.Print(Timeout)),
        ("bindAddress", BindAddress?.ToString()));

    /// <inheritdoc/>
    internal override async Task<OpenedSocket> OpenAsync(CancellationToken cancellationToken)
    {
        var socket = await HostSocket.ConnectAsync(this, Host, Port, BindAddress, cancellationToken);
        return new OpenedSocket(socket, socket.RemoteEndPoint!);
    }
}
