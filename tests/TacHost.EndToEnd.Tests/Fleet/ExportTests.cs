using System.Net.NetworkInformation;
using System.Text.Json;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Fleet;

/// <summary><c>tachost export</c>: a fleet for another engine, judged by systemd, keepalived and a parser of HCL.</summary>
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
        Assert.Contains("two.service' was not made by tachost, and", refused.Error, StringComparison.Ordinal);
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

    [Fact]
    public async Task Nomad_OfADirectory_IsAJobForEachThatIsOn()
    {
        await using var sandbox = new Sandbox();
        WriteFleet(sandbox);
        Directory.CreateDirectory(sandbox.PathOf("jobs"));
        var outcome = await sandbox.TachostAsync("--grace", "20s", "export", "--out", "jobs", "nomad", "my fleet");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal([sandbox.PathOf("jobs/one.nomad.hcl"), sandbox.PathOf("jobs/web-a.nomad.hcl")], outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var job = await File.ReadAllTextAsync(sandbox.PathOf("jobs/web-a.nomad.hcl"), TestContext.Current.CancellationToken);
        Assert.StartsWith("# Made by tachost export, which replaces this file.", job, StringComparison.Ordinal);
        Assert.All(
            (string[])["job \"web-a\" {", "port \"metrics\" {\n", "port \"tcp-8080\" {\n        static = 8080\n", "path = \"/readyz\"", "user = \"nobody\"", "kill_timeout = \"35s\"", "auto_revert = true", "\"--grace\",\n          \"20s\",\n", "\"instance=a\",\n"],
            part => Assert.Contains(part, job, StringComparison.Ordinal));

        // Without its first line, a file belongs to the user.
        File.WriteAllText(sandbox.PathOf("jobs/one.nomad.hcl"), job[(job.IndexOf('\n', StringComparison.Ordinal) + 1)..]);
        Assert.Equal(73, (await sandbox.TachostAsync("export", "--out", "jobs", "nomad", "my fleet")).ExitCode);
    }

    [Fact]
    public async Task Nomad_AsHclReadsIt_HasTheCommandLineOfTheDeployment()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("TACHOST_HCL2JSON") is null, "TACHOST_HCL2JSON does not name @cdktf/hcl2json from npm");
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("a \"fleet\""));
        sandbox.Write("a \"fleet\"/one.csx", "Option(\"who\", \"\", \"the poet\");\n" + Server);
        sandbox.Write("one.hcl", (await sandbox.TachostAsync("--set", "who=${me} %{you}\t\\", "export", "nomad", "a \"fleet\"")).Output);
        var parsed = await sandbox.RunAsync("node", "-e", "require(process.env.TACHOST_HCL2JSON).parse('one.hcl', require('fs').readFileSync('one.hcl', 'utf8')).then(json => console.log(JSON.stringify(json)))");

        Assert.Equal((0, ""), (parsed.ExitCode, parsed.Error));
        using var json = JsonDocument.Parse(parsed.Output);
        var group = json.RootElement.GetProperty("job").GetProperty("one")[0].GetProperty("group").GetProperty("one")[0];
        Assert.Equal("30s", group.GetProperty("disconnect")[0].GetProperty("stop_on_client_after").GetString());
        Assert.Equal(8080, group.GetProperty("network")[0].GetProperty("port").GetProperty("tcp-8080")[0].GetProperty("static").GetInt32());
        Assert.Equal("one-metrics", Assert.Single(group.GetProperty("service").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal(
            ["--nodaemon", "--no-pidfile", "--rundir", sandbox.Directory, "--metrics", "tcp:${NOMAD_PORT_metrics}", "--set", "who=$${me} %%{you}\t\\", sandbox.PathOf("a \"fleet\"/one.csx")],
            group.GetProperty("task").GetProperty("tachost")[0].GetProperty("config")[0].GetProperty("args").EnumerateArray().Select(word => word.GetString()));
    }

    [Theory]
    [InlineData("nobody", "--set", "port=8080")]
    [InlineData("root\n--uid\nnobody", "--set", "port=80")]
    [InlineData("root\n--uid\ndaemon", "--uid", "daemon")]
    [InlineData("root\n--uid\nnobody\n--gid\ndaemon", "--gid", "daemon")]
    public async Task Nomad_OfAUserOrAPortOfRoot_StartsAsRoot(string expected, string option, string value)
    {
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("fleet"));
        sandbox.Write("fleet/one.csx", Server);
        var outcome = await sandbox.TachostAsync(option, value, "export", "nomad", "fleet");

        var lines = outcome.Output.Split('\n').Select(line => line.Trim().TrimEnd(',').Replace("\"", "", StringComparison.Ordinal)).Where(line => line.StartsWith("user = ", StringComparison.Ordinal) || line is "--uid" or "--gid" or "nobody" or "daemon");
        Assert.Equal($"user = {expected}", string.Join('\n', lines));
    }

    [Fact]
    public async Task Keepalived_OfADirectory_ReadsTheConfiguration()
    {
        Assert.SkipUnless(Program.IsInstalled("keepalived"), "keepalived is not installed");
        var network = Array.Find(NetworkInterface.GetAllNetworkInterfaces(), each => each.SupportsMulticast && each.NetworkInterfaceType != NetworkInterfaceType.Loopback);
        Assert.SkipWhen(network is null, "there is no network interface with multicast");
        await using var sandbox = new Sandbox();
        WriteFleet(sandbox);
        var outcome = await sandbox.TachostAsync("export", "keepalived", "my fleet");

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(["vrrp_script tachost-one {", "vrrp_script tachost-web-a {"], outcome.Output.Split('\n').Where(line => line.StartsWith("vrrp_script", StringComparison.Ordinal)));
        sandbox.Write("keepalived.conf", outcome.Output.Replace("eth0", network.Name, StringComparison.Ordinal));
        Assert.Equal(new Outcome(0, "", ""), await sandbox.RunAsync("keepalived", "-t", "-f", sandbox.PathOf("keepalived.conf")));

        // The check, as keepalived splits it into words.
        var check = outcome.Output.Split('\n').Single(line => line.Contains("web@a", StringComparison.Ordinal)).Trim()["script ".Length..].Trim('"').Split('\'', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([" status ", sandbox.PathOf("my fleet/web@a.csx")], check[1..]);
        Assert.Equal(Program.Tachost, Path.Combine(new DirectoryInfo(Path.GetDirectoryName(check[0])!).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetDirectoryName(check[0])!, Path.GetFileName(check[0])));
    }

    [Fact]
    public async Task Status_OfAnInstance_IsThatOfItsPath()
    {
        await using var sandbox = new Sandbox();
        WriteFleet(sandbox);
        File.CreateSymbolicLink(sandbox.PathOf("my fleet/web@b.csx"), "web@.csx");
        await sandbox.StartDaemonAsync("--set", "port=0", "--set", "instance=a", "my fleet/web@a.csx");
        var other = await sandbox.TachostAsync("--pidfile", "b.pid", "--logfile", "b.log", "--set", "port=0", "--set", "instance=b", "my fleet/web@b.csx");

        Assert.Equal(0, other.ExitCode);
        Assert.Equal(0, (await sandbox.TachostAsync("status", "my fleet/web@a.csx")).ExitCode);
        var both = await sandbox.TachostAsync("status", "my fleet/web@.csx");
        Assert.Equal(64, both.ExitCode);
        Assert.Contains("several applications match", both.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_ToAnUnknownEngine_NamesTheOnesThereAre()
    {
        await using var sandbox = new Sandbox();
        var outcome = await sandbox.TachostAsync("export", "docker", "fleet");

        Assert.Equal(64, outcome.ExitCode);
        Assert.Contains("systemd|k8s|nomad|ocf|keepalived DIR", outcome.Error, StringComparison.Ordinal);
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
