using System.Globalization;
using System.Net;

namespace TacHost.CommandLine;

/// <summary>The command <c>cluster</c>: starts a node of a cluster, or asks the one that runs here.</summary>
internal static class ClusterCommandLine
{
    /// <summary>The time limit for leaving the cluster, in addition to that of the deployments.</summary>
    private static readonly TimeSpan _leave = TimeSpan.FromSeconds(30);

    private static readonly string[] _verbs = ["nodes", "ls", "where", "drain", "undrain", "move", "stop", "start", "events", "logs", "plan", "apply"];

    private static readonly string[] _profiles = ["default", "fast"];

    public static HostCommand Command { get; } = new(
        "cluster", "DIR|VERB...",
        "with --node: keep each tac file of a directory running on exactly one of several machines; otherwise inspect the cluster: nodes, ls, where NAME, events, logs NAME; or change it: drain NODE, undrain NODE, move NAME NODE, stop NAME, start NAME, plan DIR, apply DIR", Read)
    {
        Word = CommandWord.Choice,
        Choices = _verbs,
        Options =
        [
            new("--node", null, "NAME", "Start a node with this name.", (options, value) => With(options, cluster => cluster with { Node = NodeName(value) })),
            new("--listen", null, "HOST:PORT", "The address at which the other nodes reach this one.", (options, value) => Endpoint(value) is var (host, port) ? With(options, cluster => cluster with { Host = host, Port = port }) : options),
            new("--seed", null, "HOST:PORT", "The address of a node through which nodes join the cluster. Give the same seeds in the same order on every node. May be repeated.", (options, value) => Endpoint(value) is var (host, port) ? With(options, cluster => cluster with { Seeds = [.. cluster.Seeds, Text(host, port)] }) : options),
            new("--expect", null, "COUNT", "The number of nodes of the cluster. A majority of them must have joined before anything starts.", (options, value) => With(options, cluster => cluster with { Expect = OptionValue.Count(value) is > 0 and var count ? count : throw new OptionValueException("a number, 1 or more") })) { Default = "the number of seeds" },
            new("--postgres", null, "TEXT", "The connection string of a PostgreSQL database that holds the leases of deployments. The nodes then do not talk to each other, and --seed and --tls have no effect. Put a password into a file that PGPASSFILE names.", (options, value) => With(options, cluster => cluster with { Postgres = value })),
            new("--role", null, "NAME", "A role of this node, for constraints. May be repeated.", (options, value) => With(options, cluster => cluster with { Roles = [.. cluster.Roles, NodeName(value)] })),
            new("--profile", null, "PROFILE", "How soon other nodes take over: after about 45 s, or with 'fast' after about 10 s, for nodes in one network.", (options, value) => With(options, cluster => cluster with { IsFast = OptionValue.Choice(value, _profiles) == "fast" })) { Default = "default", Choices = _profiles },
            new("--tls", null, "CERT,KEY,CA", "The certificate of the node, its key, and the certificate of the authority for all nodes, as PEM files. Required unless all nodes are on this machine.", (options, value) => With(options, cluster => cluster with { Tls = TlsFiles(value) })),
            FleetCommandLine.Run,
            FleetCommandLine.Logs,
            FleetCommandLine.Fleet,
            new("--auto-revert", null, null, "If a deployment does not come up after 'apply', revert all changes.", (options, _) => With(options, cluster => cluster with { AutoRevert = true })),
            new("--follow", 'f', null, "Print further lines as they are logged, or further events.", (options, _) => options with { Command = options.Command with { Follow = true } }),
            new("--lines", null, "COUNT", "The number of lines of the log.", (options, value) => options with { Command = options.Command with { Lines = OptionValue.Count(value) } }) { Default = "20" },
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
            ["nodes" or "ls" or "events"] or ["where" or "drain" or "undrain" or "stop" or "start" or "logs" or "plan" or "apply", _] or ["move", _, _] => true,
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
        if (cluster.Postgres is null && cluster.Seeds.Count == 0)
            throw Usage($"a node needs to know where the cluster is. Name its nodes with --seed HOST:PORT; for a first node alone, --seed {Text(cluster.Host, cluster.Port)}.");
        if (cluster.Postgres is null && cluster.Tls is null && !IPAddress.IsLoopback(IPAddress.Parse(cluster.Host)))
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

    private static TacHostException Usage(string message) => new(ExitCode.Usage, SingleLine.Escape(message));
}
