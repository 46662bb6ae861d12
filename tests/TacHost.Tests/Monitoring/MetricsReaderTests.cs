using System.Diagnostics.Metrics;
using System.Text;
using TacHost.Monitoring;

namespace TacHost.Tests.Monitoring;

public sealed class MetricsReaderTests
{
    [Theory]
    [InlineData("a.b", null, true, "a_b_total")]
    [InlineData("a.total", "1", true, "a_total")]
    [InlineData("io.sent", "By", true, "io_sent_bytes_total")]
    [InlineData("wait_seconds", "s", false, "wait_seconds")]
    [InlineData("open", "{connection}", false, "open")]
    [InlineData("load", "%", false, "load_percent")]
    [InlineData("7up", "m/s", false, "_7up_m_s")]
    public void Name_OfAnInstrument_FollowsOpenTelemetry(string name, string? unit, bool isCounter, string expected) =>
        Assert.Equal(expected, MetricName.Of(name, unit, isCounter));

    [Fact]
    public void Counter_WithTags_IsAddedUpForEachCombination()
    {
        using Meter meter = new(Guid.NewGuid().ToString());
        using MetricsReader reader = new();
        var counter = meter.CreateCounter<long>("reader.things", "{thing}", "first\nsecond \\ line");
        counter.Add(2, new KeyValuePair<string, object?>("b", 1), new KeyValuePair<string, object?>("a.c", "x\"y"));
        counter.Add(3, new KeyValuePair<string, object?>("a.c", "x\"y"), new KeyValuePair<string, object?>("b", 1));
        counter.Add(1);

        Assert.Equal("# HELP reader_things_total first\\nsecond \\\\ line\n# TYPE reader_things_total counter\nreader_things_total{a_c=\"x\\\"y\",b=\"1\"} 5\nreader_things_total 1\n", Lines(reader, "reader_things_total"));
    }

    [Fact]
    public void Histogram_WithAdvice_HasCumulativeBuckets()
    {
        using Meter meter = new(Guid.NewGuid().ToString());
        using MetricsReader reader = new();
        var histogram = meter.CreateHistogram("reader.time", "s", "d", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2] });
        foreach (var value in (double[])[0.5, 1, 1.5, 9])
            histogram.Record(value);

        Assert.Equal("# HELP reader_time_seconds d\n# TYPE reader_time_seconds histogram\nreader_time_seconds_bucket{le=\"1\"} 2\nreader_time_seconds_bucket{le=\"2\"} 3\nreader_time_seconds_bucket{le=\"+Inf\"} 4\nreader_time_seconds_sum 12\nreader_time_seconds_count 4\n", Lines(reader, "reader_time"));
    }

    [Fact]
    public void Observed_ThatIsGone_IsNotWritten()
    {
        using Meter meter = new(Guid.NewGuid().ToString());
        using MetricsReader reader = new();
        List<Measurement<int>> now = [new(1, new KeyValuePair<string, object?>("n", "a"))];
        meter.CreateObservableUpDownCounter("reader.level", () => now);
        Assert.Contains("reader_level{n=\"a\"} 1\n", Lines(reader, "reader_level"), StringComparison.Ordinal);
        now = [new(2, new KeyValuePair<string, object?>("n", "b"))];

        Assert.Equal("# HELP reader_level reader.level\n# TYPE reader_level gauge\nreader_level{n=\"b\"} 2\n", Lines(reader, "reader_level"));
        meter.Dispose();
        Assert.Equal("", Lines(reader, "reader_level"));
    }

    [Fact]
    public void Callback_ThatThrows_CostsOnlyItsOwnValues()
    {
        using Meter meter = new(Guid.NewGuid().ToString());
        using MetricsReader reader = new();
        meter.CreateObservableGauge<int>("reader.bad", int () => throw new InvalidOperationException());
        meter.CreateObservableGauge("reader.good", () => 1.5);

        Assert.Contains("reader_good 1.5\n", Lines(reader, "reader_good"), StringComparison.Ordinal);
    }

    [Fact]
    public void Instruments_OfOneName_ShareAFamily()
    {
        using Meter one = new(Guid.NewGuid().ToString()), other = new(Guid.NewGuid().ToString());
        using MetricsReader reader = new();
        one.CreateUpDownCounter<int>("reader.shared").Add(1, new KeyValuePair<string, object?>("app", "one"));
        other.CreateUpDownCounter<int>("reader.shared").Add(2, new KeyValuePair<string, object?>("app", "other"));

        Assert.Equal("# HELP reader_shared reader.shared\n# TYPE reader_shared gauge\nreader_shared{app=\"one\"} 1\nreader_shared{app=\"other\"} 2\n", Lines(reader, "reader_shared"));
    }

    [Fact]
    public void Tags_WithEverNewValues_AreKeptUpToALimit()
    {
        using Meter meter = new(Guid.NewGuid().ToString());
        using MetricsReader reader = new();
        var counter = meter.CreateCounter<int>("reader.many");
        for (var i = 0; i < 3000; i++)
            counter.Add(1, new KeyValuePair<string, object?>("n", i));

        Assert.Equal(2000, Lines(reader, "reader_many").Split('\n').Count(line => line.StartsWith("reader_many_total{", StringComparison.Ordinal)));
    }

    [Fact]
    public void Scope_ToIgnore_IsNotRead()
    {
        object scope = new();
        using MetricsReader reader = new() { Ignore = scope };
        using Meter meter = new(new MeterOptions(Guid.NewGuid().ToString()) { Scope = scope });
        meter.CreateUpDownCounter<int>("reader.own").Add(1);

        Assert.Equal("", Lines(reader, "reader_own"));
    }

    private static string Lines(MetricsReader reader, string name)
    {
        PrometheusText text = new();
        reader.WriteTo(text);
        return string.Concat(Encoding.UTF8.GetString(text.ToBytes()).Split('\n').Where(line => line.Contains(name, StringComparison.Ordinal)).Select(line => line + "\n"));
    }
}
