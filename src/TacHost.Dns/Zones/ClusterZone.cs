using System.Buffers.Binary;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using TacHost.Dns.Messages;
using TacHost.Services.Networking;

namespace TacHost.Dns.Zones;

/// <summary>The zone of a cluster. When the answer of the node changes, a new zone replaces the current one.</summary>
internal sealed class ClusterZone
{
    private const uint Ttl = 2, Retained = 30;

    private readonly DnsClusterZone _options;
    private readonly DnsName _server;
    private readonly TimeProvider _timeProvider;
    private LocalClusterNode _node;
    private string _text = "";
    private uint _serial;
    private long _answered;
    private bool? _isUp;

    public ClusterZone(DnsClusterZone options, TimeProvider timeProvider)
    {
        (_options, _timeProvider, _node) = (options, timeProvider, new LocalClusterNode(options.Directory));
        _server = DnsName.Parse("ns.dns", options.Origin);
        Current = Expired();
    }

    /// <summary>Gets the records. All of them have expired before the first answer.</summary>
    public Zone Current { get; private set; }

    /// <summary>Gets the name of the source for messages.</summary>
    public string Source => _node.Directory ?? _options.Name;

    /// <summary>Resolves a relative directory of the node.</summary>
    public void Resolve(Func<string, string> resolvePath) => _node = new LocalClusterNode(_options.Directory is { } given ? resolvePath(given) : null);

    /// <summary>Asks the node.</summary>
    /// <returns>True if <see cref="Current"/> was replaced.</returns>
    public async Task<bool> RefreshAsync(ILogger logger, CancellationToken cancellationToken)
    {
        var before = Current;
        try
        {
            Replace(await _node.GetDeploymentsAsync(cancellationToken));
            if (_isUp != true)
                DnsLog.NodeUp(logger, Current.Name, Current.Count);
            _isUp = true;
        }
        catch (NodeUnavailableException e)
        {
            if (_isUp != false)
                DnsLog.NodeDown(logger, Current.Name, Current.HasExpired ? 0 : Retained, e.Message);
            _isUp = false;
            if (!Current.HasExpired && _timeProvider.GetElapsedTime(_answered) >= TimeSpan.FromSeconds(Retained))
                Current = Expired();
        }

        return Current != before;
    }

    private void Replace(IReadOnlyList<ClusterDeployment> deployments)
    {
        _answered = _timeProvider.GetTimestamp();
        var text = string.Join('\n', deployments.Select(each => $"{each.Name} {string.Join(' ', each.Addresses)}"));
        if (text == _text && !Current.HasExpired)
            return;

        // The serial number grows over restarts, too.
        (_text, _serial) = (text, Math.Max(_serial + 1, (uint)_timeProvider.GetUtcNow().ToUnixTimeSeconds()));
        Zone zone = new(Soa());
        zone.Add(Soa());
        zone.Add(new DnsRecord(zone.Name, RecordType.NS, Ttl, _server.Wire));
        foreach (var deployment in deployments)
            Add(zone, deployment);
        Current = zone;
    }

    /// <summary>Adds the records of a deployment, unless its name is too long for DNS.</summary>
    private void Add(Zone zone, ClusterDeployment deployment)
    {
        if (!DnsName.TryParse($"{deployment.Name}.{_options.Name}", out var host))
            return;
        zone.AddName(host);
        foreach (var address in deployment.Addresses.Select(each => each.Address))
            zone.Add(new DnsRecord(host, address.AddressFamily == AddressFamily.InterNetworkV6 ? RecordType.AAAA : RecordType.A, Ttl, address.GetAddressBytes()));
        if (!DnsName.TryParse($"_{deployment.Name}._tcp.{_options.Name}", out var service))
            return;
        zone.AddName(service);
        foreach (var port in deployment.Addresses.Select(each => each.Port))
            zone.Add(new DnsRecord(service, RecordType.SRV, Ttl, (byte[])[0, 0, 0, 0, (byte)(port >> 8), (byte)port, .. host.Wire.Span]));
    }

    private Zone Expired() => new(Soa()) { HasExpired = true };

    /// <summary>Returns the SOA record: the server, the mailbox, the serial number, and times as those of the records.</summary>
    private DnsRecord Soa()
    {
        uint[] numbers = [_serial, Ttl, Ttl, Retained, Ttl];
        var bytes = new byte[numbers.Length * sizeof(uint)];
        for (var i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(i * sizeof(uint)), numbers[i]);
        return new DnsRecord(_options.Origin, RecordType.SOA, Ttl, (byte[])[.. _server.Wire.Span, .. _options.Mailbox.Wire.Span, .. bytes]);
    }
}
