namespace TacHost.Monitoring;

/// <summary>The name of an instrument in Prometheus, by the rules of OpenTelemetry's compatibility specification.</summary>
internal static class MetricName
{
    private const string Total = "_total";

    /// <summary>Returns the name with its unit, and with <c>_total</c> for a counter.</summary>
    public static string Of(string name, string? unit, bool isCounter)
    {
        var text = PrometheusText.Name(name);
        if (text.EndsWith(Total, StringComparison.Ordinal))
            text = text[..^Total.Length];
        if (Unit(unit) is { Length: > 0 } suffix && !text.EndsWith($"_{suffix}", StringComparison.Ordinal))
            text += $"_{suffix}";
        return isCounter ? text + Total : text;
    }

    private static string Unit(string? unit) => unit switch
    {
        null or "" or "1" or ['{', ..] => "",
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "By" => "bytes",
        "%" => "percent",
        _ => PrometheusText.Name(unit),
    };
}
