using System.Globalization;
using System.Net;

namespace TacHost.CommandLine;

/// <summary>The command <c>cluster</c>: starts a node of a cluster, or asks the one that runs here.</summary>
internal static class ClusterCommandLine
{
    /// <summary>The time for leaving the cluster, beside that for the deployments.</summary>
    private static readonly TimeSpan _leave = TimeSpan.FromSeconds(30);

    private static readonly string[] _verbs = ["nodes", "ls", "where"];

    private static readonly string[] _profiles = ["default", "fast"];

    public static HostCommand Command { get; } = new(
        "cluster", "DIR|VERB [NAME]",
        "with --node: keep each tac file of a directory running on exactly one of several machines, with their help; otherwise show what a node of a cluster knows: nodes, ls, where NAME", Read)
    {
        Word = CommandWord.Choice,
        Choices = _verbs,
        Options =
        [
            new("--node", null, "NAME", "The name of this node. Starts it.", (options, value) => With(options, cluster => cluster with { Node = NodeName(value) })),
            new("--listen", null, "HOST:PORT", "The address at which the other nodes reach this one.", (options, value) => Endpoint(value) is var (host, port) ? With(options, cluster => cluster with { Host = host, Port = port }) : options),
            new("--seed", null, "HOST:PORT", "A node that knows the others. Name the same seeds in the same order on every node. May be repeated.", (options, value) => Endpoint(value) is var (host, port) ? With(options, cluster => cluster with { Seeds = [.. cluster.Seeds, Text(host, port)] }) : options),
            new("--expect", null, "COUNT", "How many nodes the cluster has. A majority of them must have joined before anything starts.", (options, value) => With(options, cluster => cluster with { Expect = OptionValue.Count(value) is > 0 and var count ? count : throw new OptionValueException("a number, 1 or more") })) { Default = "the number of seeds" },
            new("--profile", null, "PROFILE", "How soon others take over: after about 45 s, or with fast after about 10 s, for nodes in one network.", (options, value) => With(options, cluster => cluster with { IsFast = OptionValue.Choice(value, _profiles) == "fast" })) { Default = "default", Choices = _profiles },
            new("--tls", null, "CERT,KEY,CA", "The certificate of the node, its key, and the certificate of the authority for all nodes, as PEM files. Required unless all is on this machine.", (options, value) => With(options, cluster => cluster with { Tls = TlsFiles(value) })),
            FleetCommandLine.Run,
            FleetCommandLine.Logs,
            FleetCommandLine.Fleet,
            new("--nodaemon", 'n', null, "Stay in the foreground.", (options, _) => options with { NoDaemon = true }) { IsHidden = true },
            new("--json", null, null, "Print JSON.", (options, _) => options with { Command = options.Command with { Json = true } }),
        ],
    };

    private static HostRequest? Read(HostOptions options, string[] words)
    {
        var cluster = options.Command.Cluster;
        if (cluster.Node.Length > 0)
            return words is [{ Length: > 0 } directory] ? ReadNode(options, cluster, directory) : null;
        var isAllowed = words switch
        {
            ["nodes"] or ["ls"] or ["where", _] => true,
            _ => false,
        };
        if (!isAllowed && words is [var first, ..] && Array.IndexOf(_verbs, first) < 0)
            throw Usage($"'{first}' is not one of {string.Join(", ", _verbs)}. To start a node, name it with --node.");
        return isAllowed ? new HostRequest.OperateCluster(HostRequest.ForHelp(FleetCommandLine.InFleet(options)), words[0], words[1..]) : null;
    }

    private static HostRequest.Emperor ReadNode(HostOptions options, ClusterOptions cluster, string directory)
    {
        if (cluster.Host.Length == 0)
            throw Usage("a node needs an address for the others. Name it with --listen HOST:PORT.");
        if (cluster.Seeds.Count == 0)
            throw Usage($"a node needs to know where the cluster is. Name its nodes with --seed HOST:PORT; for a first node alone, --seed {Text(cluster.Host, cluster.Port)}.");
        if (cluster.Tls is null && !IPAddress.IsLoopback(IPAddress.Parse(cluster.Host)))
            throw Usage($"'{cluster.Host}' can be reached from other machines, and a peer that can talk to a node can have it run code. Add --tls CERT,KEY,CA.");
        options = options with { Command = options.Command with { Fleet = options.Command.Fleet with { Leash = true, Freeze = cluster.Freeze } } };
        var own = HostRequest.ForEmperor(options, directory);
        return new HostRequest.Emperor(own with { Grace = own.Grace + _leave }, options);
    }

    private static string NodeName(string value) =>
        value.Length is > 0 and <= 60 && value.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.')
            ? value
            : throw new OptionValueException("a name of letters, digits, '-', '_' and '.'");

    private static (string Host, int Port) Endpoint(string value)
    {
        var colon = value.LastIndexOf(':');
        return colon > 0 && AddressOf(value[..colon].Trim('[', ']')) is { } address && int.TryParse(value[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= IPEndPoint.MaxPort
            ? (address.ToString(), port)
            : throw new OptionValueException("an IP address and a port, such as 10.0.0.1:4053");
    }

    private static IPAddress? AddressOf(string text)
    {
#pragma warning disable RS0030 // the form with octal numbers is refused by the comparison
        return IPAddress.TryParse(text, out var address) && address.ToString() == text ? address : null;
#pragma warning restore RS0030
    }

    private static string Text(string host, int port) => new IPEndPoint(IPAddress.Parse(host), port).ToString();

    private static ClusterTls TlsFiles(string value) => value.Split(',') is [{ Length: > 0 } certificate, { Length: > 0 } key, { Length: > 0 } authority]
        ? new ClusterTls(OptionValue.FullPath(certificate), OptionValue.FullPath(key), OptionValue.FullPath(authority))
        : throw new OptionValueException("three files: CERT,KEY,CA");

    private static HostOptions With(HostOptions options, Func<ClusterOptions, ClusterOptions> change) =>
        options with { Command = options.Command with { Cluster = change(options.Command.Cluster) } };

    private static TacHostException Usage(string message) => new(ExitCode.Usage, OneLine.Of(message));
}
