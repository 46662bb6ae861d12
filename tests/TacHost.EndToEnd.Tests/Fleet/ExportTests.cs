using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Fleet;

/// <summary><c>tachost export</c>: a fleet for another supervisor, judged by systemd itself.</summary>
public sealed class ExportTests
{
    private const string Server = """
        class F : ServerFactory { protected override Protocol BuildProtocol(System.Net.EndPoint peer) => null; }
        var application = new Application("the same name");
        new TcpServer(Option("port", 8080, "the port"), new F(), "127.0.0.1").SetServiceParent(application);
        """;

    [Fact]
    public async Task Systemd_OfADirectory_IsATargetThatWantsWhatIsOn()
    {
        Assert.SkipUnless(Program.IsInstalled("systemd-analyze"), "systemd-analyze is not installed (systemd)");
        await using var sandbox = new Sandbox();
        WriteFleet(sandbox);
        Directory.CreateDirectory(sandbox.PathOf("units"));
        var outcome = await sandbox.TachostAsync("export", "--out", "units", "systemd", "my fleet");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        string[] expected = ["tachost-my-fleet.target", "one.service", "two.service", "web-a.service"];
        Assert.Equal(expected.Select(name => sandbox.PathOf($"units/{name}")), outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var target = await File.ReadAllTextAsync(sandbox.PathOf("units/tachost-my-fleet.target"), TestContext.Current.CancellationToken);
        Assert.Contains("\nWants=one.service\nWants=web-a.service\n\n[Install]\nWantedBy=multi-user.target\n", target, StringComparison.Ordinal);
        var instance = await File.ReadAllTextAsync(sandbox.PathOf("units/web-a.service"), TestContext.Current.CancellationToken);
        Assert.Contains("\nPartOf=tachost-my-fleet.target\n", instance, StringComparison.Ordinal);
        Assert.Contains(" --set instance=a ", instance, StringComparison.Ordinal);
        Assert.Contains("\nWantedBy=tachost-my-fleet.target\n", instance, StringComparison.Ordinal);
        sandbox.Environment["SYSTEMD_UNIT_PATH"] = sandbox.PathOf("units") + ":";
        Assert.Equal(new Outcome(0, "", ""), await sandbox.RunAsync("systemd-analyze", "verify", sandbox.PathOf("units/tachost-my-fleet.target")));

        // A unit of another is not replaced, and then no unit is written.
        await File.WriteAllTextAsync(sandbox.PathOf("units/two.service"), "[Unit]\n", TestContext.Current.CancellationToken);
        File.Delete(sandbox.PathOf("units/one.service"));
        var refused = await sandbox.TachostAsync("export", "--out", "units", "systemd", "my fleet");
        Assert.Equal((73, false), (refused.ExitCode, File.Exists(sandbox.PathOf("units/one.service"))));
        Assert.Contains("two.service' was not made by tachost unit", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kubernetes_OfADirectory_HasTheObjectsOfAllThatAreOn()
    {
        await using var sandbox = new Sandbox();
        WriteFleet(sandbox);
        var outcome = await sandbox.TachostAsync("export", "k8s", "my fleet");

        Assert.Equal(0, outcome.ExitCode);
        var names = outcome.Output.Split("---\n").Select(document => document.Split('\n')).Select(lines => $"{lines.First(line => line.StartsWith("kind: ", StringComparison.Ordinal))} {lines.First(line => line.StartsWith("  name: ", StringComparison.Ordinal)).Trim()}");
        Assert.Equal(["kind: ConfigMap name: one", "kind: Deployment name: one", "kind: ConfigMap name: web-a", "kind: Deployment name: web-a"], names);
    }

    [Theory]
    [InlineData("no such", 66, "cannot read the directory of the fleet")]
    [InlineData("empty", 66, "there is no tac file (*.csx) in 'empty'")]
    [InlineData("odd", 64, "odd/a name.csx' cannot be a deployment: its name may have letters, digits")]
    [InlineData("broken", 65, "broken/x.csx(1,1)")]
    public async Task Export_OfWhatCannotBeAFleet_SaysWhy(string directory, int exitCode, string said)
    {
        await using var sandbox = new Sandbox();
        foreach (var each in (string[])["empty", "odd", "broken"])
            Directory.CreateDirectory(sandbox.PathOf(each));
        sandbox.Write("odd/a name.csx", Server);
        sandbox.Write("broken/x.csx", "Nothing();");
        var outcome = await sandbox.TachostAsync("export", "systemd", directory);

        Assert.Equal((exitCode, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
    }

    private static void WriteFleet(Sandbox sandbox)
    {
        Directory.CreateDirectory(sandbox.PathOf("my fleet"));
        sandbox.Write("my fleet/one.csx", Server);
        sandbox.Write("my fleet/two.csx", Server);
        sandbox.Write("my fleet/two.off", "");
        sandbox.Write("my fleet/web@.csx", "var instance = Option(\"instance\", \"\", \"the instance\");\n" + Server.Replace("the same name", "web", StringComparison.Ordinal));
        File.CreateSymbolicLink(sandbox.PathOf("my fleet/web@a.csx"), "web@.csx");
    }
}
