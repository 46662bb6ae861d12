using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Dashboard;

/// <summary>The picture of services that connect to others.</summary>
public sealed class DashboardLinksTests
{
    [Fact]
    public async Task Page_WithAProxyOfAnotherProcess_HasAnArrowFromClientToServer()
    {
        await using DashboardSandbox dashboard = new();
        var page = await dashboard.StartPoetryAsync();
        await dashboard.StartAsync();
        Assert.DoesNotContain("Connections between services", await dashboard.CurlAsync("/"), StringComparison.Ordinal);

        var port = dashboard.Sandbox.Port();
        dashboard.Sandbox.Write("proxies.csx", $"""
            #r "FastPoetry.Services.dll"
            #r "TacHost.Proxies.dll"
            using FastPoetry.Services;
            using TacHost.Proxies.PortForward;
            var application = new Application("proxies");
            new PoetryProxy(new PoetryClient("tcp:localhost:{port}")).SetServiceParent(application);
            PortForwarder inner = new("unix:{dashboard.Sandbox.PathOf("forward.sock")}", "tcp:127.0.0.1:{port}:timeout=5", "tcp:127.0.0.2:{port}");
            inner.SetName("inner");
            inner.SetServiceParent(application);
            PortForwarder outer = new("tcp:0:interface=127.0.0.1", "unix:{dashboard.Sandbox.PathOf("forward.sock")}");
            outer.SetName("outer");
            outer.SetServiceParent(application);
            """);
        var tree = await dashboard.Sandbox.TachostAsync("tree", "proxies.csx");
        Assert.Contains($"PoetryProxy, connects to tcp:localhost:{port}\n", tree.Output, StringComparison.Ordinal);
        await dashboard.EventsAsync("/events", "Connections between services", async () =>
            Assert.Equal(new Outcome(0, "", ""), await dashboard.Sandbox.TachostAsync("--pidfile", "proxies.pid", "--logfile", "proxies.log", "proxies.csx")));

        var all = await dashboard.CurlAsync("/");
        Assert.Equal(
            ["proxies/PoetryProxy to fastpoetry/TcpServer", "proxies/inner to fastpoetry/TcpServer", "proxies/outer to proxies/inner"],
            Regex.Matches(all, @"<li><a [^>]*>(?<from>[^<]*)</a> \(process \d+\) connects to <a [^>]*>(?<to>[^<]*)</a> \(process \d+\) on ").Select(match => $"{match.Groups["from"]} to {match.Groups["to"]}"));
        Assert.Equal(3, Regex.Count(all, "<path class=\"link\" d=\"M"));
        Assert.Equal(2, Regex.Count(await dashboard.CurlAsync(page), "<path class=\"link\" d=\"M"));
    }
}
