using System.Diagnostics.Metrics;

namespace TacHost.Services.Networking.Connections;

/// <summary>The meter of one application.</summary>
/// <remarks>
/// It is created in the background when the first connection is counted, so that neither
/// the start nor that connection waits for it. It is disposed when the application stops.
/// </remarks>
internal sealed class ConnectionMetrics(Application application)
{
    public const string MeterName = "TacHost.Networking";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ConnectionCounts> _all = new(StringComparer.Ordinal);
    private List<ConnectionCounts> _published = [];
    private Meter? _meter;

    /// <summary>Returns the counters of one service. A restart of the service does not reset them.</summary>
    public ConnectionCounts Of(string servicePath)
    {
        lock (_gate)
        {
            if (!_all.TryGetValue(servicePath, out var counts))
                _all.Add(servicePath, counts = new ConnectionCounts(servicePath, first => ThreadPool.UnsafeQueueUserWorkItem(Publish, first, preferLocal: false)));
            return counts;
        }
    }

    /// <summary>Returns what was counted for one service, or null if it has not asked for counts.</summary>
    public ConnectionTotals? TotalsOf(string servicePath)
    {
        lock (_gate)
            return _all.TryGetValue(servicePath, out var counts) ? new ConnectionTotals(counts) : null;
    }

    /// <summary>Disposes the meter and clears all counters.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _meter?.Dispose();
            _meter = null;
            _published = [];
            _all.Clear();
        }
    }

    private void Publish(ConnectionCounts counts)
    {
        lock (_gate)
        {
            // The application may have stopped.
            if (!_all.ContainsValue(counts))
                return;
            _published = [.. _published, counts];
            _meter ??= MakeMeter();
        }
    }

    /// <summary>Creates the meter. All instruments are observable, so that a late listener gets the current values and metrics without a listener cost nothing.</summary>
    private Meter MakeMeter()
    {
        Meter meter = new(new MeterOptions(MeterName) { Scope = application });
        meter.CreateObservableUpDownCounter("tachost.connections.open", () => Measure(static counts => counts.Open), "{connection}", "Connections that are open now.");
        meter.CreateObservableCounter("tachost.connections.accepted", () => Measure(static counts => counts.Accepted), "{connection}", "Connections that a listener accepted or a client made.");
        meter.CreateObservableCounter("tachost.connections.refused", () => Measure(static counts => counts.Refused), "{connection}", "Connections beyond a limit, and those that ended before they were served.");
        meter.CreateObservableCounter("tachost.io.received", () => Measure(static counts => counts.BytesReceived), "By", "Bytes that protocols received.");
        meter.CreateObservableCounter("tachost.io.sent", () => Measure(static counts => counts.BytesSent), "By", "Bytes of protocols that were sent.");
        return meter;
    }

    private IEnumerable<Measurement<long>> Measure(Func<ConnectionCounts, long> value) =>
        Volatile.Read(ref _published).Select(counts => new Measurement<long>(value(counts), counts.Tag));
}
