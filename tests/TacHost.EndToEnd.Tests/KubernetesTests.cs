using System.Text;
using k8s;
using k8s.Models;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary><c>tachost k8s</c>: read by the types that are made from the schema of Kubernetes, and run from the files of its ConfigMap.</summary>
public sealed class KubernetesTests
{
    private const string Mount = "/srv/poems";

    private const string Tac = """
        #r "FastPoetry.Services.dll"
        #load "parts/names.csx"
        using FastPoetry.Services;

        var port = Option("port", 10000, "the port");
        var application = new Application(Name);
        var poetry = new PoetryService("data/poem one.txt");
        poetry.SetServiceParent(application);
        new TcpServer(port, new PoetryFactory(poetry)).SetServiceParent(application);
        """;

    /// <summary>Not UTF-8, so that it travels as binary data.</summary>
    private static readonly byte[] _poem = [.. "a poem\n"u8, 0xff, 0x0a];

    [Theory]
    [InlineData("ecstasy.csx")]
    [InlineData("ecstasy-everywhere.csx")]
    [InlineData("two-poems.csx")]
    public async Task K8s_OfADeployment_MatchesTheSchema(string file)
    {
        await using var sandbox = new Sandbox();
        var outcome = await sandbox.TachostAsync("--rundir", Program.Root, "k8s", Path.Combine(Program.Root, "deployments", file));

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("listens on 'localhost', so that nothing outside the pod reaches it.", outcome.Error, StringComparison.Ordinal);
        var objects = Read(outcome.Output);
        Assert.Equal([typeof(V1ConfigMap), typeof(V1Deployment)], objects.Select(each => each.GetType()));
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Program.Root, "deployments", file), TestContext.Current.CancellationToken), ((V1ConfigMap)objects[0]).Data[$"deployments.{file}"]);
    }

    [Fact]
    public async Task K8s_OfATree_GivesOnlyWhatItNeeds()
    {
        await using var sandbox = new Sandbox();
        var outcome = await WriteAsync(sandbox, "--set", "port=80", "--grace", "7", "k8s", "--image", "registry.example/poems:2", "poems.csx");
        var objects = Read(outcome.Output);
        var pod = ((V1Deployment)objects[1]).Spec.Template.Spec;
        var container = pod.Containers.Single();

        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.Equal("net.ipv4.ip_unprivileged_port_start", pod.SecurityContext.Sysctls.Single().Name);
        Assert.Equal(22, pod.TerminationGracePeriodSeconds);
        Assert.False(pod.AutomountServiceAccountToken);
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
        Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
        Assert.Equal("registry.example/poems:2", container.Image);
        Assert.Equal([("/livez", "metrics"), ("/livez", "metrics"), ("/readyz", "metrics")], new[] { container.StartupProbe, container.LivenessProbe, container.ReadinessProbe }.Select(probe => (probe.HttpGet.Path, probe.HttpGet.Port.Value)));
        Assert.Equal([("metrics", 9100), ("tcp-80", 80)], container.Ports.Select(port => (port.Name, port.ContainerPort)));
        var service = (V1Service)objects[2];
        Assert.Equal([("tcp-80", 80, "TCP")], service.Spec.Ports.Select(port => (port.Name, port.Port, port.Protocol)));
        Assert.Equal(((V1Deployment)objects[1]).Spec.Template.Metadata.Labels, service.Spec.Selector);
    }

    [Fact]
    public async Task K8s_FilesOfTheConfigMap_RunTheDeployment()
    {
        await using var sandbox = new Sandbox();
        var (port, metrics) = (UnusedPort.Next(), UnusedPort.Next());
        var outcome = await WriteAsync(sandbox, "--set", $"port={port}", "--metrics", $"{metrics}", "k8s", "poems.csx");
        var objects = Read(outcome.Output);
        var map = (V1ConfigMap)objects[0];
        var pod = ((V1Deployment)objects[1]).Spec.Template.Spec;

        // As kubelet lays out the volume.
        var mounted = sandbox.PathOf("mounted");
        foreach (var item in pod.Volumes.Single(volume => volume.ConfigMap is not null).ConfigMap.Items)
        {
            var path = Path.Combine(mounted, item.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, map.Data.TryGetValue(item.Key, out var text) ? Encoding.UTF8.GetBytes(text) : map.BinaryData[item.Key], TestContext.Current.CancellationToken);
        }

        var command = pod.Containers.Single().Command.Select(word => word.Replace(Mount, mounted, StringComparison.Ordinal)).ToList();
        Assert.Equal("tachost", command[0]);
        using var process = sandbox.StartProgram(Program.Tachost, command[1..]);
        while (!(await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Soon() ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken))).Contains("is running as process", StringComparison.Ordinal))
        {
        }

        using HttpClient http = new();
        foreach (var probe in (string[])["livez", "readyz"])
            Assert.Equal("ok\n", await http.GetStringAsync(new Uri($"http://127.0.0.1:{metrics}/{probe}"), TestContext.Current.CancellationToken));
        Assert.Equal(_poem, await sandbox.FetchAsync(port));
    }

    [Fact]
    public async Task K8s_ChangedFile_ChangesTheTemplateOfThePods()
    {
        await using var sandbox = new Sandbox();
        var before = await WriteAsync(sandbox, "k8s", "poems.csx");
        await File.AppendAllTextAsync(sandbox.PathOf("data/poem one.txt"), "one more line\n", TestContext.Current.CancellationToken);
        var after = await sandbox.TachostAsync("k8s", "poems.csx");

        Assert.NotEqual(Annotation(before), Annotation(after));

        static string Annotation(Outcome outcome) => ((V1Deployment)Read(outcome.Output)[1]).Spec.Template.Metadata.Annotations["tachost/files"];
    }

    [Theory]
    [InlineData("unix:m.sock", 64, "the probes of Kubernetes cannot reach --metrics unix:m.sock.")]
    [InlineData("tcp:9100:interface=127.0.0.1", 64, "Name a TCP port on all addresses")]
    public async Task K8s_MetricsOutOfReach_AreRefused(string endpoint, int exitCode, string expected)
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac();
        var outcome = await sandbox.TachostAsync("--metrics", endpoint, "k8s", "poem.csx");

        Assert.Equal((exitCode, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(expected, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task K8s_FilesElsewhere_AreNamed()
    {
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("below"));
        sandbox.WriteTac("below/poem.csx", poem: sandbox.PathOf("poem.txt"));
        var outcome = await sandbox.TachostAsync("--rundir", sandbox.PathOf("below"), "k8s", "below/poem.csx");

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains($"'{sandbox.PathOf("poem.txt")}' is not in the ConfigMap. The image must have it.", outcome.Error, StringComparison.Ordinal);
        var refused = await sandbox.TachostAsync("--rundir", sandbox.PathOf("cache"), "k8s", "below/poem.csx");
        Assert.Equal(64, refused.ExitCode);
        Assert.Contains("with --rundir.", refused.Error, StringComparison.Ordinal);
    }

    private static List<object> Read(string text) => KubernetesYaml.LoadAllFromString(text, strict: true);

    private static async Task<Outcome> WriteAsync(Sandbox sandbox, params string[] words)
    {
        Directory.CreateDirectory(sandbox.PathOf("parts"));
        Directory.CreateDirectory(sandbox.PathOf("data"));
        sandbox.Write("parts/names.csx", "const string Name = \"Poems\"; // \t\"quoted\": yes\n");
        await File.WriteAllBytesAsync(sandbox.PathOf("data/poem one.txt"), _poem, TestContext.Current.CancellationToken);
        sandbox.Write("poems.csx", Tac);
        var outcome = await sandbox.TachostAsync(words);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        return outcome;
    }
}
