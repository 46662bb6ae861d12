using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Docs;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Monitoring;

/// <summary>The exporter of OpenTelemetry in the tac file of the documentation, and a receiver of its protocol.</summary>
public sealed class OpenTelemetryTests
{
    [Fact]
    public async Task OtlpExporter_InATacFile_SendsTheMetersOfTheHost()
    {
        await using var sandbox = new Sandbox();
        await using OtlpReceiver receiver = new();
        var page = await File.ReadAllTextAsync(Path.Combine(Program.Root, "docs/monitoring.md"), TestContext.Current.CancellationToken);
        var tac = Assert.Single(DocumentedBlock.Of(page), block => block.File == "telemetry.csx").Text;
        sandbox.Write("telemetry.csx", tac.Replace("10000", "0", StringComparison.Ordinal).Replace("\"localhost\"", "\"127.0.0.1\"", StringComparison.Ordinal).Replace("poetry/ecstasy.txt", "poem.txt", StringComparison.Ordinal));
        UseOnlyRestoredPackages(sandbox);
        sandbox.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Address;
        sandbox.Environment["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        sandbox.Environment["OTEL_SERVICE_NAME"] = "poems-of-a-test";

        // The interval is longer than the test, so the only values are those that the stop sends.
        sandbox.Environment["OTEL_METRIC_EXPORT_INTERVAL"] = "3600000";
        var outcome = await sandbox.TachostAsync("telemetry.csx");
        Assert.Equal(new Outcome(0, "", ""), outcome);
        await sandbox.FetchAsync();
        var id = sandbox.DaemonId;
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);

        var (path, body) = await receiver.FirstAsync().Soon();
        Assert.Equal("/v1/metrics", path);
        Assert.All((string[])["poems-of-a-test", "TacHost.Networking", "tachost.connections.accepted", "telemetry/TcpServer", "System.Runtime"], text => Assert.Contains(text, body, StringComparison.Ordinal));
    }

    private static void UseOnlyRestoredPackages(Sandbox sandbox)
    {
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages");
        sandbox.Environment["NUGET_PACKAGES"] = packages;
        sandbox.Environment["NUGET_SCRATCH"] = sandbox.PathOf("scratch");
        sandbox.Write("nuget.config", "<configuration><packageSources><clear /></packageSources></configuration>");
    }

    /// <summary>The metrics endpoint of a collector: OTLP over HTTP.</summary>
    private sealed class OtlpReceiver : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task<(string Path, string Body)> _first;

        public OtlpReceiver()
        {
            _listener.Start();
            _first = ReceiveAsync();
        }

        public string Address => $"http://{_listener.LocalEndpoint}";

        public Task<(string Path, string Body)> FirstAsync() => _first;

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            await _first.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        private async Task<(string Path, string Body)> ReceiveAsync()
        {
            using var client = await _listener.AcceptTcpClientAsync();
            await using var stream = client.GetStream();
            StringBuilder received = new();
            var buffer = new byte[65536];
            while (!IsComplete(received.ToString()))
            {
                var count = await stream.ReadAsync(buffer);
                if (count == 0)
                    throw new EndOfStreamException(received.ToString());
                received.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }

            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
            var text = received.ToString();
            return (text.Split(' ')[1], text);
        }

        private static bool IsComplete(string received)
        {
            var end = received.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            return end >= 0 && received.Length - end - 4 >= int.Parse(Regex.Match(received, @"Content-Length: (\d+)", RegexOptions.IgnoreCase).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
