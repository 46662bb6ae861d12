using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>Every tac file that comes with the project, started as an operator would start it.</summary>
public sealed class DeploymentsTests
{
    public static TheoryData<string, int[], string[]> Deployments => new()
    {
        { "ecstasy", [10000], ["ecstasy"] },
        { "science", [10001], ["science"] },
        { "fascination", [10002], ["fascination"] },
        { "two-poems", [10010, 10011], ["ecstasy", "science"] },
        { "self-contained", [10020], ["wonder"] },
        { "supervised-poetry", [10070], ["ecstasy"] },
    };

    /// <summary>Those that do more than to serve a poem at once, and the tests in which they are started.</summary>
    private static Dictionary<string, Type> TestedElsewhere => new()
    {
        ["ecstasy-everywhere"] = typeof(EcstasyEverywhereTests),
        ["poetry-client"] = typeof(PoetryProxyTests),
        ["poetry-proxy"] = typeof(PoetryProxyTests),
        ["slow-poetry"] = typeof(SlowPoetryTests),
        ["transformed-poetry"] = typeof(TransformedPoetryTests),
    };

    [Fact]
    public void Deployments_InTheFolder_AreAllTested() =>
        Assert.Equal(
            Directory.EnumerateFiles(Path.Combine(Program.Root, "deployments"), "*.csx").Select(path => Path.GetFileNameWithoutExtension(path)).Order(),
            Deployments.Select(row => row.Data.Item1).Concat(TestedElsewhere.Keys).Order());

    [Theory]
    [MemberData(nameof(Deployments))]
    public async Task Deployment_Started_ServesItsPoemsOnItsPorts(string name, int[] ports, string[] poems)
    {
        Assert.SkipUnless(ports.All(IsFree), $"one of the ports {string.Join(", ", ports)} is taken on this machine");
        await using var sandbox = new Sandbox();
        Directory.CreateSymbolicLink(sandbox.PathOf("poetry"), Path.Combine(Program.Root, "poetry"));
        await sandbox.StartDaemonAsync(Path.Combine(Program.Root, "deployments", $"{name}.csx"));

        foreach (var (port, poem) in ports.Zip(poems))
        {
            var file = Path.Combine(Program.Root, "poetry", $"{poem}.txt");
            Assert.Equal(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), Encoding.UTF8.GetString(await sandbox.FetchAsync(port)));
        }
    }

    [Fact]
    public async Task Deployment_ThroughNc_IsThePoemByteForByte()
    {
        Assert.SkipUnless(Program.IsInstalled("nc"), "nc is not installed (netcat-openbsd)");
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(sandbox.WriteTac());
        var port = sandbox.Port().ToString(CultureInfo.InvariantCulture);

        // With its input at an end, nc closes its side at once: the poem must come all the same.
        var outcome = await sandbox.RunAsync("sh", "-c", $"nc -N 127.0.0.1 {port} < /dev/null | cmp - poem.txt");
        Assert.Equal(new Outcome(0, "", ""), outcome);
    }

    [Fact]
    public async Task Science_ComparedWithEcstasy_DiffersInNamePoemAndPort()
    {
        var lines = await Task.WhenAll(((string[])["ecstasy", "science"]).Select(name => File.ReadAllLinesAsync(Path.Combine(Program.Root, "deployments", $"{name}.csx"))));

        Assert.Equal(3, lines[0].Zip(lines[1]).Count(pair => pair.First != pair.Second));
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
