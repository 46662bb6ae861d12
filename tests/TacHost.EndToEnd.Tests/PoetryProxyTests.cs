using System.Globalization;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>poetry-proxy.csx and poetry-client.csx.</summary>
public sealed class PoetryProxyTests
{
    [Fact]
    public async Task PoetryProxy_UpstreamKilled_SaysTheLastGoodCopyThroughNc()
    {
        Assert.SkipUnless(Program.IsInstalled("nc"), "nc is not installed (netcat-openbsd)");
        await using Sandbox upstream = new();
        await using Sandbox sandbox = new();
        var server = await upstream.StartDaemonAsync(upstream.UseSharedTac());
        await sandbox.StartDaemonAsync(EditedDeployment.Write(sandbox, "poetry-proxy", ("upstream", $"\"tcp:127.0.0.1:{upstream.Port()}\""), ("port", "0"), ("iface", "\"127.0.0.1\""), ("maxAge", "TimeSpan.Zero")));
        var port = EditedDeployment.PortOf(sandbox, "PoetryProxyFactory");
        for (var round = 0; round < 2; round++)
        {
            var said = await sandbox.RunAsync("sh", "-c", $"nc -N 127.0.0.1 {port} < /dev/null");
            Assert.Equal(Sandbox.Poem, said.Output);
            if (round > 0)
                break;
            await upstream.KillAsync(server, "KILL");
            await Until.GoneAsync(server);
        }

        await Until.TrueAsync(() => sandbox.Log.Contains("Serving the last good copy", StringComparison.Ordinal), "the line that says so");
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 69)]
    public async Task PoetryClient_SeveralServers_PrintsWhatCameFromWhereAndEndsTheProcess(bool all, int exitCode)
    {
        await using Sandbox one = new();
        await using Sandbox other = new();
        var id = await one.StartDaemonAsync(one.UseSharedTac());
        await other.StartDaemonAsync(other.UseSharedTac());
        if (!all)
        {
            await one.KillAsync(id, "KILL");
            await Until.GoneAsync(id);
        }

        string[] servers = [$"tcp:127.0.0.1:{one.Port()}", $"tcp:127.0.0.1:{other.Port()}"];
        var outcome = await other.TachostAsync("--nodaemon", "--pidfile", "client.pid", EditedDeployment.Write(other, "poetry-client", ("servers", $"new[] {{ \"{string.Join("\", \"", servers)}\" }}")));
        Assert.Equal(exitCode, outcome.ExitCode);
        var length = Encoding.UTF8.GetByteCount(Sandbox.Poem).ToString(CultureInfo.InvariantCulture);
        Assert.Contains(all ? $"{length} bytes of poetry from {servers[0]}:" : $"Cannot connect to '{servers[0]}', because no process listens", outcome.Output, StringComparison.Ordinal);
        Assert.Contains($"{length} bytes of poetry from {servers[1]}:", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Roses are red,", outcome.Output, StringComparison.Ordinal);
        Assert.Contains(all ? "received 2 of 2 poems." : "received 1 of 2 poems.", outcome.Output, StringComparison.Ordinal);
    }
}
