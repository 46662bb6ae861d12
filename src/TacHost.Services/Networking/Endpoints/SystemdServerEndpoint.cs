using System.Globalization;
using System.Net.Sockets;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Networking.Endpoints;

/// <summary>A socket opened by systemd: <c>systemd:domain=INET:index=0</c>, or all sockets of one name: <c>systemd:name=http</c>.</summary>
internal sealed class SystemdServerEndpoint(string? domain, int? index, string? name) : ServerEndpoint
{
    private static readonly Dictionary<string, AddressFamily> _families = new(StringComparer.Ordinal)
    {
        ["INET"] = AddressFamily.InterNetwork,
        ["INET6"] = AddressFamily.InterNetworkV6,
        ["UNIX"] = AddressFamily.Unix,
    };

    /// <summary>Gets the environment that contains the sockets. Tests replace it.</summary>
    public ActivationEnvironment Activation { get; init; } = ActivationEnvironment.OfThisProcess;

    public static SystemdServerEndpoint Parse(EndpointText text)
    {
        var domain = text.Optional("domain");
        if (domain is not null && !_families.ContainsKey(domain))
        {
            var upper = domain.ToUpperInvariant();
            var meant = _families.ContainsKey(upper) ? upper : DidYouMean.To(upper, _families.Keys);
            throw text.ValueError("domain", domain, $"{string.Join(", ", _families.Keys)}{(meant is null ? "" : $"; '{meant}' was probably meant")}");
        }

        var index = text.OptionalNumber("index", 0, int.MaxValue);
        var name = text.Optional("name");
        text.Finish();
        if (index is null == name is null)
            throw text.Error($"it gives {(index is null ? "neither" : "both")} 'index' {(index is null ? "nor" : "and")} 'name'", "Say which socket by exactly one of them");
        return new SystemdServerEndpoint(domain, index, name);
    }

    /// <inheritdoc/>
    public override string ToString() => EndpointText.Print(
        "systemd",
        ("domain", domain),
        ("index", index?.ToString(CultureInfo.InvariantCulture)),
        ("name", name));

    /// <inheritdoc/>
    internal override Task ListenAsync(ListenerSettings settings, ICollection<StreamListener> listeners, CancellationToken cancellationToken)
    {
        if (Activation.MissingReason is { } reason)
            throw Refused(settings, reason, "Start it by a systemd service that has a socket unit of the same name, or choose another endpoint");
        foreach (var position in Positions(settings))
        {
            var socket = InheritedSocket.Adopt(Activation.DescriptorAt(position), $"'{this}'", settings.ServicePath);
            settings.Application?.ListeningSockets.AddInherited(Activation.DescriptorAt(position));
            listeners.Add(new StreamListener(socket, settings));
            if (domain is not null && socket.EndPoint.AddressFamily != _families[domain])
                throw Refused(settings, $"that socket listens on {socket.EndPoint}, which is not of the domain {domain}", "Correct the domain, or leave it out");
        }

        return Task.CompletedTask;
    }

    private List<int> Positions(ListenerSettings settings)
    {
        var names = Activation.Names;
        if (index is { } position)
            return position < names.Count ? [position] : throw Refused(settings, $"systemd handed over {names.Count} socket(s), counted from 0", "Correct the index");
        var found = Enumerable.Range(0, names.Count).Where(each => names[each] == name).ToList();
        return found.Count > 0 ? found : throw Refused(settings, $"the sockets are named {string.Join(", ", names)}", "Set FileDescriptorName= in the socket unit, or correct the name");
    }

    private CannotListenException Refused(ListenerSettings settings, string reason, string advice) =>
        new(null, $"The service '{settings.ServicePath}' cannot listen on '{this}', because {reason}.\n  {advice}.", null);
}
