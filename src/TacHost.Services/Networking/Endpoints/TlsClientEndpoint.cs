using System.Globalization;
using System.Net;

namespace TacHost.Services.Networking.Endpoints;

/// <summary>A TCP port of a host on which TLS is spoken: <c>tls:example.org:443</c>. The host's certificate must be for that name.</summary>
internal sealed class TlsClientEndpoint : ClientEndpoint
{
    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <inheritdoc cref="TcpClientEndpoint.BindAddress"/>
    public IPAddress? BindAddress { get; init; }

    /// <summary>A PEM file of the authorities to trust, or null for the system's.</summary>
    public string? TrustRoots { get; init; }

    /// <summary>A PEM file with the client's own certificate, or null for none.</summary>
    public string? Certificate { get; init; }

    /// <summary>A PEM file with its key, or null if that is in the same file.</summary>
    public string? Key { get; init; }

    public static TlsClientEndpoint Parse(EndpointText text) => new()
    {
        Host = text.Required("host", "the name of a host"),
        Port = ClientKinds.Port(text),
        Timeout = ClientKinds.Timeout(text),
        BindAddress = ClientKinds.BindAddress(text),
        Certificate = text.Optional("certificate", "certKey"),
        Key = text.Optional("key", "privateKey"),
        TrustRoots = text.Optional("trustRoots"),
    };

    /// <inheritdoc/>
    public override string ToString() => EndpointText.Print(
        "tls",
        ("", Host),
        ("", Port.ToString(CultureInfo.InvariantCulture)),
        ("timeout", ClientKinds.Print(Timeout)),
        ("bindAddress", BindAddress?.ToString()),
        ("certificate", Certificate),
        ("key", Key),
        ("trustRoots", TrustRoots));
}
