using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Monitoring;

/// <summary><c>--metrics</c>: what Prometheus, a probe and a browser get.</summary>
public sealed partial class MonitoringTests
{
    private const string Metered = """
        using System.Diagnostics.Metrics;

        class Metered : Service
        {
            readonly Meter _meter = new("Poems");
            protected override Task OnStartAsync(CancellationToken cancellationToken)
            {
                _meter.CreateCounter<int>("poems.read", "{poem}", "Poems that were \"read\".").Add(3, new KeyValuePair<string, object>("by", "a \"b\"\\\n"));
                var times = _meter.CreateHistogram<double>("poem.time", "s");
                times.Record(0.02);
                times.Record(60);
                return Task.CompletedTask;
            }
        }
        class Weather : Service
        {
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                while (!File.Exists("storm"))
                    await Task.Delay(10, stoppingToken);
                throw new InvalidOperationException("a <storm>");
            }
        }
        class Echo : ServerFactory { protected override Protocol BuildProtocol(EndPoint peer) => new Greeter(); }
        class Greeter : Protocol
        {
            protected override void ConnectionMade()
            {
                Transport.Write("hello"u8.ToArray());
                Transport.LoseConnection();
            }
        }
        var application = new Application("watched");
        new TcpServer(0, new Echo(), "127.0.0.1").SetServiceParent(application);
        new Metered().SetServiceParent(application);
        var top = new Supervisor { Backoff = new Backoff { InitialDelay = TimeSpan.FromHours(1), MaxDelay = TimeSpan.FromHours(1) } };
        new Weather().SetServiceParent(top);
        top.SetServiceParent(application);
        """;

    private const string FailingOnce = """

        class Gust : Service
        {
            int _runs;
            protected override async Task ExecuteAsync(CancellationToken stoppingToken)
            {
                if (_runs++ == 0)
                    throw new InvalidOperationException("a gust");
                await Task.Delay(Timeout.Infinite, stoppingToken);
            }
        }
        var second = new Supervisor();
        new Gust().SetServiceParent(second);
        second.SetServiceParent(application);
        """;

    private static readonly HttpClient _client = new() { Timeout = Bounded.Patience };

    [Fact]
    public async Task Metrics_AskedByPrometheus_AreStored()
    {
        Assert.SkipUnless(Program.IsInstalled("prometheus"), "prometheus is not installed");
        await using var sandbox = new Sandbox();
        var port = await StartAsync(sandbox, FailingOnce);
        Assert.Equal("hello"u8.ToArray(), await sandbox.FetchAsync(ServedPort(sandbox)));
        var own = UnusedPort.Next();
        sandbox.Write("prometheus.yml", $"scrape_configs:\n- job_name: tachost\n  scrape_interval: 1s\n  scrape_timeout: 1s\n  static_configs:\n  - targets: ['127.0.0.1:{port}']\n");
        using var prometheus = sandbox.StartProgram("prometheus", "--config.file=prometheus.yml", $"--storage.tsdb.path={sandbox.PathOf("tsdb")}", $"--web.listen-address=127.0.0.1:{own}", "--log.level=error");

        Assert.Equal("1", await QueryAsync(own, "tachost_service_restarts_total{service=\"watched/Supervisor-2/Gust\"} > 0"));
        Assert.Equal("1", await QueryAsync(own, "tachost_ready > 0"));
        Assert.Equal("1", await QueryAsync(own, "tachost_connections_accepted_total{service=\"watched/TcpServer\"}"));
        Assert.Equal("5", await QueryAsync(own, "tachost_io_sent_bytes_total"));
        Assert.Equal("1", await QueryAsync(own, "tachost_service_state{service=\"watched/Supervisor/Weather\",state=\"running\"}"));
        Assert.Equal("0", await QueryAsync(own, "tachost_log_lines_lost_total"));
        Assert.Equal("3", await QueryAsync(own, "poems_read_total"));
        Assert.Equal("1", await QueryAsync(own, "poem_time_seconds_bucket{le=\"0.025\"}"));
        Assert.Equal("2", await QueryAsync(own, "poem_time_seconds_count"));
        Assert.NotEqual("0", await QueryAsync(own, "dotnet_thread_pool_thread_count_total or dotnet_thread_pool_thread_count"));
        Assert.Equal("3", await QueryAsync(own, "count(dotnet_gc_collections_total)"));

        // The monitoring server is not a service of the application.
        Assert.Equal("1", await QueryAsync(own, "count(tachost_connections_open)"));
    }

    [Fact]
    public async Task Metrics_ReadByPromtool_AreValid()
    {
        Assert.SkipUnless(Program.IsInstalled("promtool"), "promtool is not installed (prometheus)");
        await using var sandbox = new Sandbox();
        var port = await StartAsync(sandbox);
        await sandbox.FetchAsync(ServedPort(sandbox));
        var outcome = await sandbox.RunAsync("sh", "-c", $"curl -sS http://127.0.0.1:{port}/metrics | promtool check metrics");

        // 3 is for names that it would choose differently: .NET's own.
        Assert.True(outcome.ExitCode is 0 or 3, outcome.Error);
        Assert.DoesNotContain("tachost", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("poem", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probes_OfATreeWithAFailedService_TellWhichFailed()
    {
        await using var sandbox = new Sandbox();
        var port = await StartAsync(sandbox);
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await GetAsync(port, "/readyz"));
        sandbox.Write("storm", "");
        await PollAsync(async () => (await GetAsync(port, "/readyz")).Status == HttpStatusCode.ServiceUnavailable);
        Assert.StartsWith("watched/Supervisor/Weather: ", (await GetAsync(port, "/readyz")).Body, StringComparison.Ordinal);

        Assert.Equal((HttpStatusCode.OK, "ok\n"), await GetAsync(port, "/livez"));
        Assert.Contains("tachost_ready 0\n", (await GetAsync(port, "/metrics")).Body, StringComparison.Ordinal);
        using var tree = JsonDocument.Parse((await GetAsync(port, "/tree")).Body);
        var weather = tree.RootElement.GetProperty("services").EnumerateArray().Single(service => service.GetProperty("path").GetString() == "watched/Supervisor/Weather");
        Assert.NotEqual("running", weather.GetProperty("state").GetString());
        Assert.EndsWith("a <storm>", weather.GetProperty("lastFailure").GetString(), StringComparison.Ordinal);
        var page = (await GetAsync(port, "/")).Body;
        Assert.Contains("<span class=\"running\">running</span>", page, StringComparison.Ordinal);
        Assert.Contains("a &lt;storm&gt;", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /nowhere HTTP/1.1\r\n\r\n", "HTTP/1.1 404 ")]
    [InlineData("\r\nGET /livez?verbose HTTP/1.0\nHost: x\n\n", "HTTP/1.1 200 ")]
    [InlineData("POST /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 405 ")]
    [InlineData("GET metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ")]
    [InlineData("GET / HTTP/2\r\n\r\n", "HTTP/1.1 400 ")]
    [InlineData("nonsense\r\n\r\n", "HTTP/1.1 400 ")]
    [InlineData("GET /livez HTTP/1.1\r\nA: {long}\r\n\r\n", "HTTP/1.1 431 ")]
    [InlineData("GET /livez HTTP/1.1\r\n{many}\r\n", "HTTP/1.1 431 ")]
    [InlineData("HEAD /livez HTTP/1.1\r\n\r\n", "HTTP/1.1 200 ")]
    public async Task Request_Raw_IsAnswered(string request, string answer)
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync("--metrics", "0", sandbox.UseSharedTac());
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, MetricsPort(sandbox), TestContext.Current.CancellationToken);
        var text = request.Replace("{long}", new string('x', 9000), StringComparison.Ordinal).Replace("{many}", string.Concat(Enumerable.Repeat("A: b\r\n", 101)), StringComparison.Ordinal);
        await socket.SendAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);
        var received = Encoding.UTF8.GetString(await Sandbox.ReadToEndAsync(socket));

        Assert.StartsWith(answer, received, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Length: ", received, StringComparison.Ordinal);
        Assert.Equal(request.StartsWith("HEAD", StringComparison.Ordinal), received.EndsWith("\r\n\r\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_InAChrootAsAnotherUser_AreServed()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can make a chroot");
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("chroot"));
        File.Copy(sandbox.PathOf("poem.txt"), sandbox.PathOf("chroot/poem.txt"));
        await sandbox.StartDaemonAsync("--metrics", "0", "--chroot", "chroot", "--uid", "nobody", sandbox.UseSharedTac());
        var port = MetricsPort(sandbox);

        Assert.Equal((HttpStatusCode.OK, "ok\n"), await GetAsync(port, "/readyz"));
        Assert.Contains("tachost_ready 1\n", (await GetAsync(port, "/metrics")).Body, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"running\"", (await GetAsync(port, "/tree")).Body, StringComparison.Ordinal);
        Assert.Contains("<title>fastpoetry</title>", (await GetAsync(port, "/")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("foo:1", 64, "--metrics: 'foo:1' is not a port or an endpoint such as tcp:9100:interface=127.0.0.1.")]
    [InlineData("70000", 64, "--metrics: '70000' is not ")]
    [InlineData("", 64, "--metrics: '' is not ")]
    [InlineData("{taken}", 69, "--metrics {taken}: ")]
    public async Task Metrics_OnAWrongEndpoint_FailTheStart(string endpoint, int exitCode, string said)
    {
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
        await using var sandbox = new Sandbox();
        var outcome = await sandbox.TachostAsync("--metrics", endpoint.Replace("{taken}", port, StringComparison.Ordinal), sandbox.UseSharedTac());

        Assert.Equal((exitCode, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(said.Replace("{taken}", port, StringComparison.Ordinal), outcome.Error, StringComparison.Ordinal);
        Assert.Empty(sandbox.Daemons());
    }

    private static async Task<int> StartAsync(Sandbox sandbox, string more = "")
    {
        sandbox.Write("watched.csx", Metered + more);
        await sandbox.StartDaemonAsync("--metrics", "0", "watched.csx");
        return MetricsPort(sandbox);
    }

    private static int MetricsPort(Sandbox sandbox) => PortOf("metrics/StreamServer", sandbox);

    private static int ServedPort(Sandbox sandbox) => PortOf("watched/TcpServer", sandbox);

    private static int PortOf(string category, Sandbox sandbox) =>
        int.Parse(Listening().Matches(sandbox.Log).Single(match => match.Groups["who"].Value == category).Groups["port"].Value, CultureInfo.InvariantCulture);

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(int port, string path)
    {
        using var response = await _client.GetAsync($"http://127.0.0.1:{port}{path}", TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The value that Prometheus has for a query, once there is one.</summary>
    private static async Task<string> QueryAsync(int port, string query)
    {
        var found = "";
        await PollAsync(TryQuery);
        return found;

        async Task<bool> TryQuery()
        {
            try
            {
                var answer = await _client.GetStringAsync($"http://127.0.0.1:{port}/api/v1/query?query={Uri.EscapeDataString(query)}", TestContext.Current.CancellationToken);
                using var parsed = JsonDocument.Parse(answer);
                var result = parsed.RootElement.GetProperty("data").GetProperty("result");
                if (result.GetArrayLength() == 0)
                    return false;
                found = result[0].GetProperty("value")[1].GetString()!;
                return true;
            }
            catch (HttpRequestException)
            {
                return false; // it is still starting
            }
        }
    }

    private static async Task PollAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Bounded.Patience);
        while (!await condition())
            await Task.Delay(20, limit.Token);
    }

    [GeneratedRegex(@"\[(?<who>[^\]]+)\] \w+ starting on 127\.0\.0\.1:(?<port>\d+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Listening();
}
