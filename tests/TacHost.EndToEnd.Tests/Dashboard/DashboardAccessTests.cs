using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Dashboard;

/// <summary>Who may see the page.</summary>
public sealed class DashboardAccessTests
{
    [Theory]
    [InlineData("localhost", "200")]
    [InlineData("127.0.0.1:80", "200")]
    [InlineData("[::1]:8090", "200")]
    [InlineData("page.example.com", "200")]
    [InlineData("attacker.example", "421")]
    [InlineData("localhost.attacker.example", "421")]
    [InlineData("", "400")]
    public async Task Host_OfAnotherName_IsRefused(string host, string status)
    {
        await using DashboardSandbox dashboard = new();
        await dashboard.StartAsync("--host", "page.example.com");
        var answer = await dashboard.CurlAsync("/", "-H", $"Host: {host}".TrimEnd(' '));
        Assert.EndsWith($"\n{status}", answer, StringComparison.Ordinal);
        Assert.Equal(status == "200", answer.Contains("<h2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Headers_OfAPage_AllowNothingFromElsewhere()
    {
        await using DashboardSandbox dashboard = new();
        await dashboard.StartAsync();
        var answer = await dashboard.CurlAsync("/", "-i");
        Assert.Contains("Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';", answer, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", answer, StringComparison.Ordinal);
        Assert.Contains("X-Content-Type-Options: nosniff", answer, StringComparison.Ordinal);
        Assert.DoesNotMatch("(src|href|action)=\"(https?:)?//", answer);
        Assert.DoesNotMatch("<script(?! src)|<style| style=| on[a-z]+=", answer);
    }

    [Fact]
    public async Task Connection_OfAnotherUser_IsRefused()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can become another user");
        await using DashboardSandbox dashboard = new();
        await dashboard.StartAsync();
        Assert.EndsWith("\n200", await dashboard.CurlAsync("/"), StringComparison.Ordinal);
        Assert.EndsWith("\n403", await AsNobodyAsync(dashboard, $"{dashboard.Address}/"), StringComparison.Ordinal);
        Assert.EndsWith("\n403", await AsNobodyAsync(dashboard, $"{dashboard.Address}/events"), StringComparison.Ordinal);

        File.SetUnixFileMode(dashboard.Sandbox.Directory, (UnixFileMode)0b111_101_101);
        var socket = dashboard.Sandbox.PathOf("page.sock");
        var outcome = await dashboard.Sandbox.TachostAsync("--pidfile", "second.pid", "--logfile", "second.log", "dashboard", "--listen", $"unix:{socket}");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.EndsWith("\n200", (await dashboard.Sandbox.RunAsync("curl", "-s", "-w", "\n%{http_code}", "--unix-socket", socket, "http://localhost/")).Output, StringComparison.Ordinal);
        Assert.EndsWith("\n403", await AsNobodyAsync(dashboard, "--unix-socket", socket, "http://localhost/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_IsRequiredFromEverybody()
    {
        const string token = "0123456789abcdef0123456789abcdef";
        await using DashboardSandbox dashboard = new();
        dashboard.Sandbox.Write("token", $"{token}\n");
        await dashboard.StartAsync("--token-file", "token");
        Assert.EndsWith("\n401", await dashboard.CurlAsync("/"), StringComparison.Ordinal);
        Assert.EndsWith("\n401", await dashboard.CurlAsync("/events"), StringComparison.Ordinal);
        Assert.EndsWith("\n401", await dashboard.CurlAsync("/", "-H", $"Authorization: Bearer {token}0"), StringComparison.Ordinal);
        Assert.EndsWith("\n401", await dashboard.CurlAsync("/token", "-d", "token=wrong"), StringComparison.Ordinal);
        Assert.EndsWith("\n401", await dashboard.CurlAsync("/token", "-d", $"token={token}", "-H", "Sec-Fetch-Site: cross-site"), StringComparison.Ordinal);
        Assert.EndsWith("\n200", await dashboard.CurlAsync("/", "-H", $"Authorization: Bearer {token}"), StringComparison.Ordinal);

        var answer = await dashboard.CurlAsync("/token", "-i", "-d", $"token={token}", "-c", "cookies");
        Assert.EndsWith("\n303", answer, StringComparison.Ordinal);
        Assert.Contains("samesite=strict; httponly", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(token, answer, StringComparison.Ordinal);
        Assert.EndsWith("\n200", await dashboard.CurlAsync("/", "-b", "cookies"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "Give a --token-file")]
    [InlineData("short", "less than 16 characters")]
    public async Task Start_ForOtherMachinesWithoutAGoodToken_Fails(string token, string reason)
    {
        await using Sandbox sandbox = new();
        sandbox.Write("token", token);
        var outcome = await sandbox.TachostAsync(["dashboard", "--listen", "tcp:0:interface=0.0.0.0", .. token.Length > 0 ? ["--token-file", "token"] : Array.Empty<string>()]);
        Assert.NotEqual(0, outcome.ExitCode);
        Assert.Contains(reason, outcome.Error, StringComparison.Ordinal);
        Assert.Empty(sandbox.Processes());
    }

    private static async Task<string> AsNobodyAsync(DashboardSandbox dashboard, params string[] arguments) =>
        (await dashboard.Sandbox.RunAsync("setpriv", ["--reuid=65534", "--clear-groups", "curl", "-s", "--max-time", "60", "-w", "\n%{http_code}", .. arguments])).Output;
}
