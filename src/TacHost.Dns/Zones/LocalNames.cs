using Microsoft.Extensions.Logging;
using TacHost.Dns.Messages;

namespace TacHost.Dns.Zones;

/// <summary>The local sources of answers: the zones, the clusters and the hosts file. Answers may be read on several threads during a refresh.</summary>
internal sealed class LocalNames(DnsOptions options)
{
    private const int MostAliases = 16;

    private readonly List<ReloadingFile<Zone>> _files = [.. options.Zones.Select(each => new ReloadingFile<Zone>(each.Path, (path, includes) => ZoneFile.Read(path, each.Origin, includes)))];
    private readonly ReloadingFile<HostsFile>? _hosts = options.HostsFile is { } path ? new ReloadingFile<HostsFile>(path, (file, _) => HostsFile.Read(file)) : null;
    private readonly List<ClusterZone> _clusters = [.. options.ClusterZones.Select(each => new ClusterZone(each, options.TimeProvider))];
    private readonly Lock _gate = new();
    private volatile Dictionary<DnsName, Zone> _zones = [];

    public IEnumerable<string> Paths => _hosts is null ? _files.Select(file => file.Path) : _files.Select(file => file.Path).Append(_hosts.Path);

    /// <summary>Gets the files that zone files include. Empty before <see cref="Load"/>.</summary>
    public IEnumerable<string> Included => _files.SelectMany(file => file.Included);

    /// <summary>Reads every file.</summary>
    /// <exception cref="ZoneFileException">A file cannot be used.</exception>
    public void Load(ILogger logger, Func<string, string> resolvePath)
    {
        foreach (var file in _files)
        {
            file.Load(resolvePath);
            DnsLog.ZoneLoaded(logger, file.Current.Name, file.Current.Count, file.Path);
        }

        _hosts?.Load(resolvePath);
        NoteSkippedLines(logger);
        foreach (var cluster in _clusters)
            cluster.Resolve(resolvePath);
        var sources = _clusters.Select(cluster => (cluster.Current.Name, cluster.Source)).Concat(_files.Select(file => (file.Current.Name, Source: file.Path)));
        if (sources.GroupBy(source => source.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ZoneFileException(twice.Last().Source, null, $"the zone '{twice.Key}' is in '{twice.First().Source}' already");
        Arrange();
    }

    /// <summary>Reads changed files again.</summary>
    public void Refresh(ILogger logger)
    {
        var changed = false;
        foreach (var file in _files)
            changed |= file.Refresh(logger);
        if (changed)
            Arrange();
        if (_hosts?.Refresh(logger) == true)
            NoteSkippedLines(logger);
    }

    /// <summary>Asks the nodes of the clusters.</summary>
    public async Task RefreshClustersAsync(ILogger logger, CancellationToken cancellationToken)
    {
        var changes = await Task.WhenAll(_clusters.Select(cluster => cluster.RefreshAsync(logger, cancellationToken)));
        if (changes.Contains(true))
            Arrange();
    }

    /// <summary>Answers a question as far as the local sources allow.</summary>
    /// <returns>The name to forward to an upstream, or null if the answer is complete.</returns>
    public DnsName? Answer(DnsQuestion question, DnsMessage response)
    {
        var name = question.Name;
        for (var aliases = 0; aliases < MostAliases; aliases++)
        {
            if (ZoneOf(name, question.Type) is not { } zone)
                return _hosts?.Current.Answer(name, question.Type, response) == true ? null : name;
            if (zone.Answer(name, question.Type, response) is not { } next)
                return null;

            // A loop of aliases is returned up to the first repetition.
            if (response.Answers.Exists(record => record.Type == RecordType.CNAME && record.Name == next))
                return null;
            name = next;
        }

        return null;
    }

    private Zone? ZoneOf(DnsName name, RecordType type)
    {
        var zones = _zones;

        // The DS records of a zone belong to its parent zone.
        var own = type == RecordType.DS ? zones.GetValueOrDefault(name) : null;
        for (var above = own is null || name.IsRoot ? name : name.Parent; ; above = above.Parent)
        {
            if (zones.TryGetValue(above, out var zone))
                return zone;
            if (above.IsRoot)
                return own;
        }
    }

    private void Arrange()
    {
        lock (_gate)
        {
            Dictionary<DnsName, Zone> zones = [];
            foreach (var zone in _files.Select(file => file.Current).Concat(_clusters.Select(cluster => cluster.Current)))
                zones.TryAdd(zone.Name, zone);
            _zones = zones;
        }
    }

    private void NoteSkippedLines(ILogger logger)
    {
        foreach (var line in _hosts?.Current.SkippedLines ?? [])
            DnsLog.HostSkipped(logger, _hosts!.Path, line);
    }
}
