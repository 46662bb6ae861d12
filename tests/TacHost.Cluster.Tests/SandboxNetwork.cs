using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace TacHost.Cluster.Tests;

/// <summary>A network namespace for each node, a bridge between them, and certificates. A cut loses packets without a word, as a dead cable does.</summary>
internal sealed class SandboxNetwork : IAsyncDisposable
{
    private readonly string _name;
    private readonly string _directory;

    private SandboxNetwork(string name, string directory) => (_name, _directory) = (name, directory);

    /// <summary>Creates the network.</summary>
    /// <param name="bridge">The namespace of the bridge.</param>
    /// <param name="directory">The directory for certificates.</param>
    /// <param name="nodes">The nodes. The last one has a certificate of another authority.</param>
    public static async Task<SandboxNetwork> CreateAsync(string bridge, string directory, IReadOnlyList<string> nodes)
    {
        SandboxNetwork network = new(bridge, directory);
        await IpAsync("-n", bridge, "link", "add", "bridge", "type", "bridge");
        await IpAsync("-n", bridge, "link", "set", "bridge", "up");
        foreach (var node in nodes)
        {
            var own = network.NamespaceOf(node);
            await IpAsync("netns", "add", own);
            await IpAsync("-n", own, "link", "set", "lo", "up");
            await IpAsync("link", "add", node, "netns", bridge, "type", "veth", "peer", "name", "eth0", "netns", own);
            await IpAsync("-n", bridge, "link", "set", node, "master", "bridge", "up");
            await IpAsync("-n", own, "addr", "add", $"{HostOf(node)}/24", "dev", "eth0");
            await IpAsync("-n", own, "link", "set", "eth0", "up");
        }

        WriteCertificates(directory, "own", nodes.SkipLast(1));
        WriteCertificates(directory, "other", nodes.TakeLast(1));
        return network;
    }

    /// <summary>Returns the namespace of a node.</summary>
    public string NamespaceOf(string node) => $"{_name}-{node}";

    /// <summary>Returns the address of a node.</summary>
    public static string HostOf(string node) => $"10.77.0.{node[1..]}";

    /// <summary>Returns the options for TLS of a node. The stranger trusts the authority that has signed its own certificate, not that of the others.</summary>
    public string[] TlsOf(string node) => ["--tls", $"{_directory}/{node}.pem,{_directory}/{node}.key,{_directory}/{(node == ClusterSandbox.Stranger ? "other" : "own")}.pem"];

    /// <summary>Cuts a node off in both directions.</summary>
    public Task CutAsync(string node) => IpAsync("-n", _name, "link", "set", node, "nomaster");

    /// <summary>Ends the cut of a node.</summary>
    public Task MendAsync(string node) => IpAsync("-n", _name, "link", "set", node, "master", "bridge");

    /// <summary>Loses what one node sends to another. The other direction works.</summary>
    public Task CutOneWayAsync(string from, string to) => IpAsync("-n", NamespaceOf(from), "neigh", "replace", HostOf(to), "lladdr", "02:00:00:00:00:99", "dev", "eth0", "nud", "permanent");

    /// <summary>Ends the loss between two nodes.</summary>
    public Task MendOneWayAsync(string from, string to) => IpAsync("-n", NamespaceOf(from), "neigh", "del", HostOf(to), "dev", "eth0");

    public async ValueTask DisposeAsync()
    {
        foreach (var node in (string[])["n1", "n2", "n3", ClusterSandbox.Stranger])
            await IpAsync("netns", "delete", NamespaceOf(node));
    }

    private static void WriteCertificates(string directory, string authority, IEnumerable<string> nodes)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={authority}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var root = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText($"{directory}/{authority}.pem", root.ExportCertificatePem());
        foreach (var node in nodes)
        {
            using var ownKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var own = new CertificateRequest($"CN={node}", ownKey, HashAlgorithmName.SHA256).Create(root, now.AddHours(-1), now.AddHours(20), [1, .. System.Text.Encoding.ASCII.GetBytes(node)]);
            File.WriteAllText($"{directory}/{node}.pem", own.ExportCertificatePem());
            File.WriteAllText($"{directory}/{node}.key", ownKey.ExportPkcs8PrivateKeyPem());
        }
    }

    private static async Task IpAsync(params string[] arguments)
    {
        var (exitCode, text) = await ClusterSandbox.RunAsync("ip", arguments);
        Assert.True(exitCode == 0, text);
    }
}
