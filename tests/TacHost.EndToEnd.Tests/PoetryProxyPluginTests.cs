using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary><c>tachost poetryproxy</c>.</summary>
public sealed class PoetryProxyPluginTests
{
    [Fact]
    public async Task PoetryProxy_ChainOfTwo_PassesThePoemOnThroughNc()
    {
        Assert.SkipUnless(Program.IsInstalled("nc"), "nc is not installed (netcat-openbsd)");
        await using Sandbox upstream = new();
        await using Sandbox first = new();
        await using Sandbox second = new();
        await upstream.StartDaemonAsync(upstream.UseSharedTac());
        await first.StartDaemonAsync("poetryproxy", "--upstream", $"tcp:127.0.0.1:{upstream.Port()}", "--port", "0", "--iface", "127.0.0.1", "--max-age", "0s");
        await second.StartDaemonAsync("poetryproxy", "-u", $"tcp:127.0.0.1:{first.Port()}", "-p", "0", "--iface", "127.0.0.1", "-a", "1h");
        var said = await second.RunAsync("sh", "-c", $"nc -N 127.0.0.1 {second.Port()} < /dev/null | cmp - poem.txt");
        Assert.Equal(new Outcome(0, "", ""), said);
        await second.KillAsync(second.DaemonId);
        await Until.TrueAsync(() => !File.Exists(second.PidFile), "the end of the proxy");
    }

    [Fact]
    public async Task PoetryProxy_Listed_HasItsDescription()
    {
        await using Sandbox sandbox = new();
        var list = await sandbox.TachostAsync("plugins");
        Assert.Contains("poetryproxy", list.Output, StringComparison.Ordinal);
        Assert.Contains("Serves the poem of another server", list.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData()]
    [InlineData("--upstream", "somewhere")]
    [InlineData("--upstream", "tcp:localhost")]
    [InlineData("--upstream", "tcp:localhost:10000", "--port", "65536")]
    [InlineData("--upstream", "tcp:localhost:10000", "--iface", "a b")]
    [InlineData("--upstream", "tcp:localhost:10000", "--max-age", "soon")]
    [InlineData("--upstream", "tcp:localhost:10000", "--max-size", "0")]
    [InlineData("--upstream", "tcp:localhost:10000", "--max-size", "2G")]
    [InlineData("--upstream", "tcp:localhost:10000", "--timeout", "0s")]
    [InlineData("--upstream", "tcp:localhost:10000", "--poem", "x")]
    public async Task PoetryProxy_BadValue_IsOneLineAndStartsNothing(params string[] arguments)
    {
        await using Sandbox sandbox = new();
        var outcome = await sandbox.TachostAsync(["poetryproxy", .. arguments]);
        Assert.Equal((64, ""), (outcome.ExitCode, outcome.Output));
        Assert.Single(outcome.Error.TrimEnd('\n').Split('\n'));
        Assert.False(File.Exists(sandbox.PidFile));
    }
}
