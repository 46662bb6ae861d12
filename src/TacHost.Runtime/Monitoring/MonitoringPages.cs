using System.Text;
using System.Text.Json;
using TacHost.Control.Wire;

namespace TacHost.Monitoring;

/// <summary>The pages of <c>--metrics</c>: <c>/metrics</c>, <c>/livez</c>, <c>/readyz</c>, <c>/tree</c>, and <c>/</c> for people.</summary>
internal sealed class MonitoringPages(MonitoringSource source, MetricsReader metrics)
{
    private const string Running = "running";

    public MonitoringPage Get(string path) => path switch
    {
        "/metrics" => new(200, "OK", "text/plain; version=0.0.4; charset=utf-8", Metrics()),
        "/livez" => MonitoringPage.Text(200, "OK", "ok"),
        "/readyz" => Ready(source.Report()),
        "/tree" => new(200, "OK", "application/json; charset=utf-8", JsonSerializer.SerializeToUtf8Bytes(source.Report(), ControlJson.Default.StatusReport)),
        "/" => new(200, "OK", "text/html; charset=utf-8", Encoding.UTF8.GetBytes(StatusPage.Make(source.Report()))) { Headers = "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n" },
        _ => MonitoringPage.Text(404, "Not Found"),
    };

    /// <summary>Loads all types that the pages need.</summary>
    public void WarmUp()
    {
        foreach (var path in (ReadOnlySpan<string>)["/metrics", "/livez", "/readyz", "/tree", "/"])
            _ = Get(path);
    }

    /// <summary>Ready means that every service of every application runs. A process without a tree is not ready.</summary>
    private static MonitoringPage Ready(StatusReport report)
    {
        var missing = report.Services.Where(service => service.State != Running).Select(service => $"{service.Path}: {service.State}").ToList();
        missing.AddRange(report.Process.Applications.Where(application => application.State != Running).Select(application => $"{application.Name ?? application.Source}: the application is {application.State}"));
        return missing.Count == 0 ? MonitoringPage.Text(200, "OK", "ok") : MonitoringPage.Text(503, "Service Unavailable", string.Join('\n', missing));
    }

    private byte[] Metrics()
    {
        PrometheusText text = new();
        var report = source.Report();
        text.Family("tachost_info", "gauge", "The version of tachost.");
        text.Sample("tachost_info", [new("version", report.Process.Version)], 1);
        text.Family("tachost_ready", "gauge", "1 if every service runs.");
        text.Sample("tachost_ready", [], Ready(report).Status == 200 ? 1 : 0);
        text.Family("tachost_log_lines_lost_total", "counter", "Log lines that were dropped because the destination did not accept them.");
        text.Sample("tachost_log_lines_lost_total", [], source.LostLogLines());
        text.Family("tachost_service_restarts_total", "counter", "Restarts of a service by its supervisor.");
        foreach (var service in report.Services)
            text.Sample("tachost_service_restarts_total", [new("service", service.Path)], service.Restarts);
        text.Family("tachost_service_state", "gauge", "1 for the current state of a service, 0 for all others.");
        foreach (var service in report.Services)
        {
            foreach (var state in ServiceStates.All)
                text.Sample("tachost_service_state", [new("service", service.Path), new("state", state)], service.State == state ? 1 : 0);
        }

        metrics.WriteTo(text);
        return text.ToBytes();
    }
}
