namespace TacHost.EndToEnd.Tests.Dashboard;

/// <summary>The page in a real browser.</summary>
public sealed class DashboardBrowserTests
{
    /// <summary>The script of axe-core, a checker of accessibility, as <c>npm install axe-core</c> brings it.</summary>
    private const string Axe = "TACHOST_AXE";

    [Fact]
    public async Task Page_InChromium_ShowsWhatHappensWithoutALoadAndStopsAService()
    {
        await using DashboardSandbox dashboard = new();
        var page = await dashboard.StartPoetryAsync();
        await dashboard.StartAsync();
        await using var browser = await Browser.OpenAsync(dashboard.Sandbox, $"{dashboard.Address}{page}&service=fastpoetry/TcpServer");
        await browser.WaitAsync("document.getElementById('live')?.textContent === 'live'");
        Assert.Equal("rgb(246, 248, 250)", (await browser.EvaluateAsync("getComputedStyle(document.querySelector('section')).backgroundColor")).GetString());
        await browser.EvaluateAsync("window.same = true; [...document.querySelectorAll('g a')].at(-1).focus()");
        await dashboard.Sandbox.FetchAsync();
        await browser.WaitAsync("document.getElementById('view').textContent.includes(' of 1 connections')");

        await browser.EvaluateAsync("document.querySelector('details summary').click()");
        Assert.True((await browser.EvaluateAsync("same && document.querySelector('details').open && document.activeElement.closest('g').textContent.includes('TcpServer')")).GetBoolean());
        await browser.EvaluateAsync("document.querySelector('details button').click()");
        await browser.WaitAsync("document.querySelector('h1')?.textContent === 'service-stop of fastpoetry/TcpServer'");
        await dashboard.Sandbox.LoggedAsync(" Closed)");
    }

    [Theory]
    [InlineData("")]
    [InlineData("/application")]
    public async Task Page_CheckedByAxe_HasNoFault(string kind)
    {
        var script = Environment.GetEnvironmentVariable(Axe);
        Assert.SkipUnless(script is not null, $"{Axe} does not name the script of axe-core");
        await using DashboardSandbox dashboard = new();
        var page = await dashboard.StartPoetryAsync();
        await dashboard.StartAsync();
        await using var browser = await Browser.OpenAsync(dashboard.Sandbox, $"{dashboard.Address}{(kind.Length > 0 ? page : "/")}");
        await browser.WaitAsync("document.getElementById('live')?.textContent === 'live'");
        await browser.EvaluateAsync(await File.ReadAllTextAsync(script!, TestContext.Current.CancellationToken) + ";0");
        Assert.Equal("", (await browser.EvaluateAsync("axe.run().then(result => result.violations.map(each => `${each.id}: ${each.nodes[0].html}`).join('\\n'))")).GetString());
    }
}
