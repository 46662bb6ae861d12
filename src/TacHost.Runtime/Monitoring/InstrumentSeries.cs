using System.Diagnostics.Metrics;
using System.Globalization;

namespace TacHost.Monitoring;

/// <summary>The values of one instrument, one for each combination of tags.</summary>
internal sealed class InstrumentSeries
{
    /// <summary>The maximum number of tag combinations. Further combinations are dropped, so that memory stays bounded.</summary>
    private const int MostCombinations = 2000;

    /// <summary>The boundaries for an instrument that advises none: those of OpenTelemetry, for seconds and for all else.</summary>
    private static readonly double[] _seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10], _others = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, double[]> _values = new(StringComparer.Ordinal);
    private readonly Instrument _instrument;
    private readonly Kind _kind;
    private readonly double[] _boundaries = [];

    public InstrumentSeries(Instrument instrument)
    {
        _instrument = instrument;
        var generic = instrument.GetType() is { IsGenericType: true } type ? type.GetGenericTypeDefinition() : null;
        _kind = generic switch
        {
            _ when generic == typeof(Counter<>) || generic == typeof(ObservableCounter<>) => Kind.Counter,
            _ when generic == typeof(UpDownCounter<>) => Kind.Sum,
            _ when generic == typeof(Histogram<>) => Kind.Histogram,
            _ => Kind.Gauge,
        };
        if (_kind == Kind.Histogram)
            _boundaries = AdvisedBoundaries(instrument) ?? (instrument.Unit == "s" ? _seconds : _others);
        Name = MetricName.Of(instrument.Name, instrument.Unit, isCounter: _kind == Kind.Counter);
    }

    private enum Kind
    {
        Counter,
        Sum,
        Gauge,
        Histogram,
    }

    public string Name { get; }

    public string Type => _kind switch { Kind.Counter => "counter", Kind.Histogram => "histogram", _ => "gauge" };

    public string Help => _instrument.Description ?? _instrument.Name;

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = tags.IsEmpty ? "" : Labels(tags);
        lock (_gate)
        {
            if (!_values.TryGetValue(labels, out var cell))
            {
                if (_values.Count >= MostCombinations)
                    return;

                // A histogram has its buckets, the one for all above, and the sum.
                _values.Add(labels, cell = new double[_kind == Kind.Histogram ? _boundaries.Length + 2 : 1]);
            }

            if (_kind == Kind.Histogram)
            {
                var bucket = Array.FindIndex(_boundaries, boundary => value <= boundary);
                cell[bucket < 0 ? _boundaries.Length : bucket]++;
                cell[^1] += value;
            }
            else if (_instrument.IsObservable || _kind == Kind.Gauge)
            {
                cell[0] = value;
            }
            else
            {
                cell[0] += value;
            }
        }
    }

    /// <summary>Clears the observed values, before they are observed again.</summary>
    public void BeginScrape()
    {
        if (!_instrument.IsObservable)
            return;
        lock (_gate)
            _values.Clear();
    }

    /// <summary>Writes the samples, but for labels that another instrument of the family has.</summary>
    public void WriteTo(PrometheusText text, HashSet<string> written)
    {
        lock (_gate)
        {
            foreach (var (labels, cell) in _values)
            {
                if (!written.Add(labels))
                    continue;
                if (_kind == Kind.Histogram)
                    WriteHistogram(text, labels, cell);
                else
                    text.Sample(Name, labels, cell[0]);
            }
        }
    }

    private void WriteHistogram(PrometheusText text, string labels, double[] cell)
    {
        var count = 0.0;
        var prefix = labels.Length == 0 ? "" : labels + ",";
        for (var i = 0; i <= _boundaries.Length; i++)
        {
            count += cell[i];
            text.Sample(Name + "_bucket", $"{prefix}le=\"{(i < _boundaries.Length ? PrometheusText.Number(_boundaries[i]) : "+Inf")}\"", count);
        }

        text.Sample(Name + "_sum", labels, cell[^1]);
        text.Sample(Name + "_count", labels, count);
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        List<KeyValuePair<string, string>> labels = new(tags.Length);
        foreach (var (key, value) in tags)
            labels.Add(new(key, Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""));
        labels.Sort(static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        return PrometheusText.Labels(labels);
    }

    private static double[]? AdvisedBoundaries(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(each => (double)each)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(each => (double)each)],
        _ => null,
    };
}
