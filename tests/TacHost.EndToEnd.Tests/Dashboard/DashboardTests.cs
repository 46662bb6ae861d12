using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Dashboard;

/// <summary><c>tachost dashboard</c>, asked by curl.</summary>
public sealed class DashboardTests
{
    [Fact]
    public async Task Page_OfAll_ShowsEachApplicationWithItsServicesAndItsLog()
    {
        await using DashboardSandbox dashboard = new();
        var page = await dashboard.StartPoetryAsync();
        await dashboard.StartAsync();
        var all = await dashboard.CurlAsync("/");
        Assert.EndsWith("\n200", all, StringComparison.Ordinal);
        Assert.Contains(">fastpoetry</a></h2>", all, StringComparison.Ordinal);
        Assert.Contains(">dashboard</a></h2>", all, StringComparison.Ordinal);
        Assert.Matches("<tspan class=\"name\">PoetryService</tspan><tspan class=\"state\" dx=\"8\">running</tspan>", all);
        Assert.Matches(@">0 of 0 connections · 127\.0\.0\.1:\d+</tspan>", all);
        Assert.Matches("<li class=\"info\"><b>fastpoetry</b> [^<]*PoetryFactory starting on 127", all);

        var one = await dashboard.CurlAsync(page);
        Assert.Contains("<h1>fastpoetry</h1>", one, StringComparison.Ordinal);
        Assert.DoesNotContain(">dashboard</a></h2>", one, StringComparison.Ordinal);
        Assert.EndsWith("\n404", await dashboard.CurlAsync(page + "2"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_WhileAClientConnects_HaveTheRowThatChangesAndTheLineOfTheLog()
    {
        await using DashboardSandbox dashboard = new();
        var page = await dashboard.StartPoetryAsync("""Console.WriteLine("not < HTML");""");
        await dashboard.StartAsync();
        var events = Regex.Match(await dashboard.CurlAsync(page), "data-events=\"(?<events>[^\"]*)\"").Groups["events"].Value.Replace("&amp;", "&", StringComparison.Ordinal);
        var seen = await dashboard.EventsAsync(events, ">0 of 1 connections", async () => await dashboard.Sandbox.FetchAsync());
        Assert.Contains("event: rows", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("event: view", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("PoetryService", seen, StringComparison.Ordinal);
        Assert.Contains("not &lt; HTML", await dashboard.CurlAsync(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_WhileSomebodyLooks_EndsTheStream()
    {
        await using DashboardSandbox dashboard = new();
        await dashboard.StartAsync();
        var curl = dashboard.Sandbox.StartProgram("curl", "-sN", $"{dashboard.Address}/events");
        await Sandbox.PrintedAsync(curl, "id:");
        var outcome = await dashboard.Sandbox.TachostAsync("stop", dashboard.Sandbox.PathOf("dashboard.pid"));
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        await curl.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Bounded.Patience, TestContext.Current.CancellationToken);
        Assert.DoesNotContain("xception", dashboard.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("grace", dashboard.Log, StringComparison.Ordinal);
    }
}
