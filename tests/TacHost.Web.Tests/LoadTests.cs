using System.Globalization;

namespace TacHost.Web.Tests;

public sealed class LoadTests : IAsyncDisposable
{
    private readonly Site _site = new();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    [LongSet]
    public async Task Wrk_OnAFile_SeesNoError()
    {
        _site.Write("poem.txt", string.Concat(Enumerable.Repeat("Roses are red.\n", 200)));
        await _site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { AccessLogFile = _site.Files["access.log"] });
        var report = await RealClient.RunAsync("wrk", "", "-t2", "-c64", "-d3s", "--timeout", "30s", $"http://127.0.0.1:{_site.Port}/poem.txt");
        TestContext.Current.TestOutputHelper?.WriteLine(report);
        Assert.DoesNotContain("Non-2xx", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Socket errors", report, StringComparison.Ordinal);
        Assert.Contains("requests in", report, StringComparison.Ordinal);
        await _site.StopAsync();
        var requests = int.Parse(report.Split(" requests in")[0].Split('\n')[^1].Trim(), CultureInfo.InvariantCulture);
        Assert.InRange(File.ReadLines(_site.Files["access.log"]).Count(), 1, requests + 64);
        Assert.DoesNotContain(_site.Log.Lines, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }
}
