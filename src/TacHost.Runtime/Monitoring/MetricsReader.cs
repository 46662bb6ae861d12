using System.Diagnostics.Metrics;

namespace TacHost.Monitoring;

/// <summary>Reads every meter of this process: the host's connections, .NET's own, ASP.NET Core's, and those of the tac file.</summary>
internal sealed class MetricsReader : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _gate = new(), _scrape = new();
    private readonly List<InstrumentSeries> _all = [];

    public MetricsReader()
    {
        _listener.InstrumentPublished = OnPublished;
        _listener.MeasurementsCompleted = OnCompleted;
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, series) => ((InstrumentSeries)series!).Record(value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, series) => ((InstrumentSeries)series!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, series) => ((InstrumentSeries)series!).Record(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, series) => ((InstrumentSeries)series!).Record(value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, series) => ((InstrumentSeries)series!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, series) => ((InstrumentSeries)series!).Record(value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, series) => ((InstrumentSeries)series!).Record((double)value, tags));
        _listener.Start();
    }

    /// <summary>Gets or sets the scope of meters that are not read: the monitoring server's own.</summary>
    public object? Ignore { get; set; }

    /// <summary>Writes all instruments as they are now. Instruments of one name share a family; those of another type under the same name are left out.</summary>
    public void WriteTo(PrometheusText text)
    {
        // One answer must not clear the observations of another.
        lock (_scrape)
            Scrape(text);
    }

    public void Dispose() => _listener.Dispose();

    private void Scrape(PrometheusText text)
    {
        List<InstrumentSeries> all;
        lock (_gate)
            all = [.. _all];
        foreach (var series in all)
            series.BeginScrape();
        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException)
        {
            // A callback of a meter threw. Only its values are missing.
        }

        foreach (var family in all.GroupBy(series => series.Name).OrderBy(family => family.Key, StringComparer.Ordinal))
        {
            var first = family.First();
            text.Family(first.Name, first.Type, first.Help);
            HashSet<string> written = new(StringComparer.Ordinal);
            foreach (var series in family.Where(series => series.Type == first.Type))
                series.WriteTo(text, written);
        }
    }

    private void OnPublished(Instrument instrument, MeterListener listener)
    {
        if (Ignore is not null && instrument.Meter.Scope == Ignore)
            return;
        InstrumentSeries series = new(instrument);
        lock (_gate)
            _all.Add(series);
        listener.EnableMeasurementEvents(instrument, series);
    }

    /// <summary>Removes the values of a disposed meter.</summary>
    private void OnCompleted(Instrument instrument, object? series)
    {
        lock (_gate)
            _all.Remove((InstrumentSeries)series!);
    }
}
