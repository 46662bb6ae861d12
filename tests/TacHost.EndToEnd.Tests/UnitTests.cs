using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary><c>tachost unit</c>, judged by systemd itself.</summary>
public sealed class UnitTests
{
    private const string Servers = """
        class F : ServerFactory { protected override Protocol BuildProtocol(EndPoint peer) => null; }
        var application = new Application("two words 100%");
        new TcpServer({0}, new F(), "{1}").SetServiceParent(application);
        """;

    [Theory]
    [InlineData("ecstasy.csx")]
    [InlineData("two-poems.csx")]
    [InlineData("ecstasy-everywhere.csx")]
    public async Task Unit_OfADeployment_IsTightAndRight(string file)
    {
        Assert.SkipUnless(Program.IsInstalled("systemd-analyze"), "systemd-analyze is not installed (systemd)");
        await using var sandbox = new Sandbox();
        var unit = await WriteAsync(sandbox, "--rundir", Program.Root, "unit", Path.Combine(Program.Root, "deployments", file));

        Assert.Equal(new Outcome(0, "", ""), await sandbox.RunAsync("systemd-analyze", "verify", "tried.service"));

        // The threshold is in tenths: the exposure is at most 2.0.
        var exposure = await sandbox.RunAsync("systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=20", sandbox.PathOf("tried.service"));
        Assert.True(exposure.ExitCode == 0, exposure.Output + exposure.Error);
        Assert.Contains($"\nReadOnlyPaths={Path.Combine(Program.Root, "poetry/")}", unit, StringComparison.Ordinal);
        Assert.Contains("\nCapabilityBoundingSet=\n", unit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unit_ForAUser_NeedsNoPrivileges()
    {
        Assert.SkipUnless(Program.IsInstalled("systemd-analyze"), "systemd-analyze is not installed (systemd)");
        await using var sandbox = new Sandbox();
        var unit = await WriteAsync(sandbox, "unit", "--user", Path.Combine(Program.Root, "deployments/ecstasy.csx"));
        sandbox.Environment["XDG_RUNTIME_DIR"] = sandbox.Directory;

        Assert.Equal(new Outcome(0, "", ""), await sandbox.RunAsync("systemd-analyze", "--user", "verify", sandbox.PathOf("tried.service")));
        Assert.Contains("\nWantedBy=default.target\n", unit, StringComparison.Ordinal);
        Assert.All((string[])["DynamicUser", "User", "CapabilityBoundingSet", "ProtectSystem", "PrivateDevices"], setting => Assert.DoesNotContain($"\n{setting}=", unit, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("80", "", "CapabilityBoundingSet=CAP_NET_BIND_SERVICE\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n", "PrivateUsers=")]
    [InlineData("8080", "", "CapabilityBoundingSet=\nPrivateUsers=yes\n", "AmbientCapabilities")]
    [InlineData("8080", "", "After=network-online.target\n", "User=poet")]
    [InlineData("8080", "127.0.0.1", "\nDynamicUser=yes\nEnvironment=HOME=%C/tachost/", "network-online")]
    public async Task Unit_OfAPort_AllowsWhatItNeeds(string port, string iface, string expected, string unexpected)
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("x.csx", Servers.Replace("{0}", port, StringComparison.Ordinal).Replace("{1}", iface, StringComparison.Ordinal));
        var unit = await WriteAsync(sandbox, "unit", "x.csx");

        Assert.Contains(expected, unit, StringComparison.Ordinal);
        Assert.DoesNotContain(unexpected, unit, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unit_WithOptionsAndOddNames_QuotesThem()
    {
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("a b%c$d"));
        sandbox.Write("a b%c$d/x.csx", "var who = Option(\"who\", \"nobody\", \"who\");\n" + Servers.Replace("{0}", "8080", StringComparison.Ordinal).Replace("{1}", "", StringComparison.Ordinal));
        var unit = await WriteAsync(sandbox, "--uid", "daemon", "--metrics", "9100", "--set", "who=the \"poet\"", "--grace", "7", "--umask", "27", "unit", "a b%c$d/x.csx");
        var directory = sandbox.Directory;

        Assert.Contains("Description=two words 100%%\n", unit, StringComparison.Ordinal);
        Assert.Contains($"--rundir {directory} --metrics 9100 --grace 7s --set \"who=the \\\"poet\\\"\" \"{directory}/a b%%c$$d/x.csx\"\n", unit, StringComparison.Ordinal);
        Assert.Contains($"ReadOnlyPaths=\"{directory}/a b%%c$d/x.csx\"\n", unit, StringComparison.Ordinal);
        Assert.Contains("\nUser=daemon\n", unit, StringComparison.Ordinal);
        Assert.Contains("\nTimeoutStopSec=22\n", unit, StringComparison.Ordinal);
        Assert.Contains("\nUMask=0027\n", unit, StringComparison.Ordinal);
        Assert.DoesNotContain("DynamicUser", unit, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("systemd 257 (257.8-1)", "Type=notify-reload\nExecStart=")]
    [InlineData("systemd 252 (252.39-1)", "Type=notify\nExecReload=/bin/kill -HUP $MAINPID\nExecStart=")]
    [InlineData("something else", "Type=notify\nExecReload=")]
    public async Task Unit_ForAVersionOfSystemd_Reloads(string version, string expected)
    {
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("bin"));
        sandbox.Write("bin/systemctl", $"#!/bin/sh\necho '{version}'\n");
        File.SetUnixFileMode(sandbox.PathOf("bin/systemctl"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        sandbox.Environment["PATH"] = $"{sandbox.PathOf("bin")}:{Environment.GetEnvironmentVariable("PATH")}";

        Assert.Contains(expected, await WriteAsync(sandbox, "unit", Path.Combine(Program.Root, "deployments/ecstasy.csx")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unit_WithSocketFilesInRun_LetsSystemdMakeTheDirectory()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("x.csx", """
            class F : ServerFactory { protected override Protocol BuildProtocol(EndPoint peer) => null; }
            var application = new Application("files");
            new StreamServer("unix:/run/poetry/a.sock", new F()).SetServiceParent(application);
            new StreamServer("unix:/srv/poetry/b.sock", new F()).SetServiceParent(application);
            """);
        var unit = await WriteAsync(sandbox, "--metrics", "unix:/run/poetry-metrics/m.sock", "unit", "x.csx");

        Assert.Contains("\nRuntimeDirectory=poetry\n", unit, StringComparison.Ordinal);
        Assert.Contains("\nRuntimeDirectory=poetry-metrics\n", unit, StringComparison.Ordinal);
        Assert.Contains("\nReadWritePaths=/srv/poetry\n", unit, StringComparison.Ordinal);
    }

    private static async Task<string> WriteAsync(Sandbox sandbox, params string[] words)
    {
        var outcome = await sandbox.TachostAsync(words);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        sandbox.Write("tried.service", outcome.Output);
        return outcome.Output;
    }
}
