using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Networking.Endpoints;

/// <summary>A TCP port on the addresses that an interface means: <c>tcp:10000:interface=127.0.0.1</c>, or <c>tcp6</c> for those of IPv6 only.</summary>
internal sealed class TcpServerEndpoint : ServerEndpoint
{
    private const string OnlyIPv6 = "tcp6";
    private const string AnyIPv6 = "::";

    private readonly int _port;
    private readonly string _iface;
    private readonly int? _backlog;
    private readonly bool _onlyIPv6;

    public TcpServerEndpoint(int port, string iface, int? backlog = null, bool onlyIPv6 = false)
    {
        ArgumentNullException.ThrowIfNull(iface);
        (_port, _iface, _backlog, _onlyIPv6) = (SettingRange.Port(port), iface, backlog, onlyIPv6);
    }

    public string PrintedPort => _port.ToString(CultureInfo.InvariantCulture);

    /// <summary>The parameters as they are printed.</summary>
    public (string Name, string? Value)[] PrintedParameters =>
    [
        ("interface", _iface == (_onlyIPv6 ? AnyIPv6 : "") ? null : _iface),
        ("backlog", _backlog?.ToString(CultureInfo.InvariantCulture)),
    ];

    public static TcpServerEndpoint Parse(EndpointText text)
    {
        var onlyIPv6 = text.Kind == OnlyIPv6;
        var port = text.RequiredNumber("port", IPEndPoint.MaxPort);
        var iface = text.Optional("interface") ?? (onlyIPv6 ? AnyIPv6 : "");
        if (onlyIPv6 && iface.Length == 0)
            iface = AnyIPv6;
        if (onlyIPv6 && AddressText.TryParseScoped(iface, out var address) && address.AddressFamily != AddressFamily.InterNetworkV6)
            throw text.ValueError("interface", iface, "an IPv6 address, a name, or 'tcp' in place of 'tcp6'");
        return new TcpServerEndpoint(port, iface, text.OptionalNumber("backlog", 1, int.MaxValue), onlyIPv6);
    }

    /// <inheritdoc/>
    public override string ToString() => EndpointText.Print(_onlyIPv6 ? OnlyIPv6 : "tcp", [("", PrintedPort), .. PrintedParameters]);

    /// <inheritdoc/>
    internal override async Task ListenAsync(ListenerSettings settings, ICollection<StreamListener> listeners, CancellationToken cancellationToken)
    {
        var addresses = await InterfaceAddresses.ResolveAsync(_iface, settings.ServicePath, cancellationToken);
        if (_onlyIPv6)
        {
            addresses = [.. addresses.Where(address => address.AddressFamily == AddressFamily.InterNetworkV6)];
            if (addresses.Count == 0)
                throw new CannotListenException(null, $"The service '{settings.ServicePath}' cannot listen on '{this}', because '{_iface}' has no IPv6 address.\n  Use 'tcp' in place of 'tcp6', or another interface.", null);
        }

        await AddressBinder.BindAllAsync(
            addresses,
            _port,
            async endPoint =>
            {
                var listener = await StreamListener.ListenAsync($"tcp:{endPoint}", endPoint, settings, () => Task.FromResult(TcpSocket.Listen(endPoint, _backlog ?? TcpSocket.LongestBacklog, settings.ServicePath)));
                listeners.Add(listener);
                return listener.EndPoint;
            },
            address => NetworkingLog.AddressUnavailable(settings.Logger, _iface, address.ToString()));
    }
}
