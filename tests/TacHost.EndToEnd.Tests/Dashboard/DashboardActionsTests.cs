using System.Globalization;
using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Fleet;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Dashboard;

/// <summary>The forms of the page, and the requests that only look like them.</summary>
public sealed class DashboardActionsTests
{
    private const string Server = "fastpoetry/TcpServer";

    [Fact]
    public async Task Reload_AsPlanned_ReplacesWhatHasChangedAndIsInTheHistory()
    {
        await using DashboardSandbox dashboard = new();
        var page = await dashboard.StartPoetryAsync();
        var process = dashboard.Sandbox.DaemonId;
        await dashboard.StartAsync();
        Assert.Contains("A reload would change nothing.", await PostAsync(dashboard, page, "plan", process, "fastpoetry"), StringComparison.Ordinal);

        dashboard.Sandbox.Write("other.txt", "Violets.\n");
        dashboard.Sandbox.WriteTac(poem: "other.txt");
        var plan = await PostAsync(dashboard, page, "plan", process, "fastpoetry");
        Assert.Contains("<li>~ PoetryService", plan, StringComparison.Ordinal);
        Assert.Equal(Sandbox.Poem, System.Text.Encoding.UTF8.GetString(await dashboard.Sandbox.FetchAsync()));
        var fingerprint = Regex.Match(plan, "name=\"detail\" value=\"(?<value>[^\"]+)\"").Groups["value"].Value;
        Assert.EndsWith("\n409", await PostAsync(dashboard, page, "reload", process, "fastpoetry", "0123"), StringComparison.Ordinal);
        Assert.Contains("Reloaded in ", await PostAsync(dashboard, page, "reload", process, "fastpoetry", fingerprint), StringComparison.Ordinal);
        Assert.Equal("Violets.\n", System.Text.Encoding.UTF8.GetString(await dashboard.Sandbox.FetchAsync()));

        var history = await dashboard.CurlAsync(page.Replace("/application", "/history", StringComparison.Ordinal));
        Assert.Contains("Roll back: yes", history, StringComparison.Ordinal);
        Assert.Contains("Reloaded in ", await PostAsync(dashboard, page, "rollback", process, "fastpoetry", "1"), StringComparison.Ordinal);
        Assert.Equal(Sandbox.Poem, System.Text.Encoding.UTF8.GetString(await dashboard.Sandbox.FetchAsync()));
        Assert.Contains($"reload of 'fastpoetry' in process {process}, requested on the page: done", dashboard.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StopAndStart_OfAService_AreThoseOfTheCommandLine()
    {
        await using DashboardSandbox dashboard = new();
        var page = await dashboard.StartPoetryAsync();
        var process = dashboard.Sandbox.DaemonId;
        await dashboard.StartAsync();
        Assert.Contains("Stop: yes", await dashboard.CurlAsync($"{page}&service={Server}"), StringComparison.Ordinal);
        Assert.EndsWith("\n200", await PostAsync(dashboard, page, "service-stop", process, Server), StringComparison.Ordinal);
        Assert.Contains("TcpServer</tspan><tspan class=\"state\" dx=\"8\">stopped", await AfterAsync(dashboard, page, "stopped"), StringComparison.Ordinal);
        Assert.EndsWith("\n200", await PostAsync(dashboard, page, "service-start", process, Server), StringComparison.Ordinal);
        var port = Regex.Match(await AfterAsync(dashboard, page, " connections · 127"), @" connections · 127\.0\.0\.1:(?<port>\d+)").Groups["port"].Value;
        Assert.NotEmpty(await dashboard.Sandbox.FetchAsync(int.Parse(port, CultureInfo.InvariantCulture)));

        Assert.EndsWith("\n200", await PostAsync(dashboard, page, "stop", process, "fastpoetry"), StringComparison.Ordinal);
        await Until.GoneAsync(process);
    }

    [Fact]
    public async Task Requests_OfOtherSites_ChangeNothing()
    {
        await using DashboardSandbox dashboard = new();
        var page = await dashboard.StartPoetryAsync();
        var process = dashboard.Sandbox.DaemonId;
        await dashboard.StartAsync();
        var secret = await SecretAsync(dashboard, page);
        string[] form = ["-d", "verb=stop", "-d", string.Create(CultureInfo.InvariantCulture, $"process={process}"), "-d", "name=fastpoetry", "-d", $"form={secret}"];
        string[][] requests =
        [
            [.. form, "-H", "Sec-Fetch-Site: cross-site"],
            [.. form, "-H", "Sec-Fetch-Site: same-site"],
            [.. form, "-H", "Sec-Fetch-Site: none"],
            [.. form, "-H", "Origin: http://attacker.example"],
            [.. form, "-H", "Origin: null"],
            [.. form, "-H", "Content-Type: text/plain"],
            form[..^2],
            [.. form[..^2], "-d", $"form={secret[1..]}"],
        ];
        foreach (var request in requests)
            Assert.EndsWith("\n403", await dashboard.CurlAsync("/act", request), StringComparison.Ordinal);
        Assert.EndsWith("\n421", await dashboard.CurlAsync("/act", [.. form, "-H", "Host: attacker.example"]), StringComparison.Ordinal);
        foreach (var path in new[] { "/act", "/", page, "/deployment", "/history", "/events" })
            Assert.Matches("\n40[0-9]$|\n200$", await dashboard.CurlAsync(path, ["-G", "--max-time", "2", .. form]));
        foreach (var method in new[] { "PUT", "DELETE", "PATCH", "OPTIONS" })
            Assert.EndsWith("\n405", await dashboard.CurlAsync("/act", ["-X", method, .. form]), StringComparison.Ordinal);
        Assert.True(Until.IsAlive(process));
        Assert.DoesNotContain("stop", dashboard.Sandbox.Log, StringComparison.OrdinalIgnoreCase);

        Assert.EndsWith("\n200", await dashboard.CurlAsync("/act", [.. form, "-H", "Sec-Fetch-Site: same-origin"]), StringComparison.Ordinal);
        await Until.GoneAsync(process);
    }

    [Fact]
    public async Task Deployments_OfAnEmperor_StopAndStartByIt()
    {
        await using FleetSandbox fleet = new();
        await using DashboardSandbox dashboard = new(fleet.Sandbox);
        fleet.Write("one");
        fleet.Write("two");
        Assert.Equal(0, (await fleet.StartAsync()).ExitCode);
        await fleet.StateAsync("one", "running");
        await dashboard.StartAsync();
        var all = await dashboard.CurlAsync("/");
        var link = string.Create(CultureInfo.InvariantCulture, $"/deployment?emperor={fleet.EmperorId}&name=one");
        Assert.Contains(link.Replace("&", "&amp;", StringComparison.Ordinal), all, StringComparison.Ordinal);

        Assert.Contains("one: ", await PostAsync(dashboard, link, "fleet-stop", fleet.EmperorId, "one"), StringComparison.Ordinal);
        await fleet.StateAsync("one", "off");
        Assert.Contains(">Start</button>", await AfterAsync(dashboard, link, ">Start</button>"), StringComparison.Ordinal);
        Assert.EndsWith("\n200", await PostAsync(dashboard, link, "fleet-start", fleet.EmperorId, "one"), StringComparison.Ordinal);
        await fleet.StateAsync("one", "running");
        await fleet.StateAsync("two", "running");
    }

    /// <summary>Sends a form of a page.</summary>
    private static async Task<string> PostAsync(DashboardSandbox dashboard, string page, string verb, int process, string name, string detail = "") =>
        await dashboard.CurlAsync("/act", "-d", $"verb={verb}", "-d", string.Create(CultureInfo.InvariantCulture, $"process={process}"), "-d", $"name={name}", "-d", $"detail={detail}", "-d", $"form={await SecretAsync(dashboard, page)}");

    private static async Task<string> SecretAsync(DashboardSandbox dashboard, string page) =>
        Regex.Match(await dashboard.CurlAsync(page), "name=\"form\" value=\"(?<value>[0-9A-F]{64})\"").Groups["value"].Value;

    /// <summary>Returns a page as soon as it has a text.</summary>
    private static async Task<string> AfterAsync(DashboardSandbox dashboard, string page, string text)
    {
        var last = "";
        for (var left = 20; left > 0 && !last.Contains(text, StringComparison.Ordinal); left--)
        {
            last = await dashboard.CurlAsync(page);

            // The first event comes at once, that after a known version with the next look at the processes.
            var version = Regex.Match(await dashboard.EventsAsync("/events", "id:"), "id: (?<version>[0-9]+)").Groups["version"].Value;
            await dashboard.EventsAsync($"/events?version={version}", "id:");
        }

        return last;
    }
}
