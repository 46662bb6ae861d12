using TacHost.CommandLine;
using TacHost.Monitoring;
using TacHost.Services;

namespace TacHost.Units;

/// <summary>A deployment as its units see it.</summary>
/// <param name="Root">The tree.</param>
/// <param name="Options">The options of the deployment.</param>
/// <param name="TacFile">The tac file.</param>
/// <param name="User">The ID of the user that the tac file names, or null.</param>
internal sealed record Deployed(ServiceNode Root, HostOptions Options, string TacFile, int? User)
{
    private const int LongestLabel = 63;

    private static readonly HostOptions _defaults = new();

    /// <summary>Gets the name of the units and of the cache directory, without characters that have a meaning to systemd. Defaults to that of the application.</summary>
    public string UnitName { get; init => field = Safe(value); } = Safe(KebabCase.Of(Root.Name));

    /// <summary>Gets the target that the units belong to, or null for that of the system.</summary>
    public string? Target { get; init; }

    /// <summary>Gets the absolute path of the tac file.</summary>
    public string File { get; } = Path.GetFullPath(TacFile);

    public string Directory { get; } = Path.GetFullPath(Options.RunDirectory ?? ".");

    public IReadOnlyList<ListeningPlace> TreePlaces { get; } = [.. Root.All.SelectMany(node => node.Needs).Where(need => need.Kind == ServiceNeedKind.Listen).Select(need => ListeningPlace.Of(need.Name))];

    /// <summary>Gets the listening addresses of the tree and of <c>--metrics</c>.</summary>
    public IReadOnlyList<ListeningPlace> Places =>
    [
        .. TreePlaces,
        .. Options.Metrics is { } metrics ? [ListeningPlace.Of(MonitoringServer.Parse(metrics).ToString()!)] : (ReadOnlySpan<ListeningPlace>)[],
    ];

    /// <summary>Gets the absolute paths that services read.</summary>
    public IEnumerable<string> ReadPaths => Root.All.SelectMany(node => node.Needs).Where(need => need.Kind is ServiceNeedKind.File or ServiceNeedKind.Directory).Select(need => Path.GetFullPath(need.Name, Directory));

    /// <summary>Gets the ports of the tree, each once.</summary>
    public IEnumerable<ListeningPlace> Ports => TreePlaces.Where(place => place.Port is not null).DistinctBy(place => (place.Kind, place.Port));

    /// <summary>Gets the seconds after which an engine cancels a start: more than tachost itself waits.</summary>
    public int StartSeconds => (int)Math.Ceiling(Options.StartTimeout.TotalSeconds) + 30;

    /// <summary>Gets the seconds after which an engine kills a process that does not stop: more than the grace period.</summary>
    public int StopSeconds => (int)Math.Ceiling(Options.Grace.TotalSeconds) + 15;

    /// <summary>Gets the name as a label of DNS (RFC 1123).</summary>
    public string Label
    {
        get
        {
            var label = string.Concat(UnitName.ToLowerInvariant().Select(character => char.IsAsciiLetterOrDigit(character) ? character : '-')).Trim('-');
            return label.Length == 0 ? "application" : label[..Math.Min(label.Length, LongestLabel)].TrimEnd('-');
        }
    }

    /// <summary>Returns the options and the tac file of a command line that starts the deployment.</summary>
    /// <param name="metrics">The endpoint of metrics, or null for none.</param>
    public IEnumerable<string> Words(string? metrics) => Words(metrics, Directory, path => path);

    /// <summary>Returns the options and the tac file of a command line that starts the deployment elsewhere.</summary>
    /// <param name="metrics">The endpoint of metrics, or null for none.</param>
    /// <param name="directory">The working directory there.</param>
    /// <param name="there">Returns the path that a file has there.</param>
    public IEnumerable<string> Words(string? metrics, string directory, Func<string, string> there) =>
    [
        "--rundir", directory,
        .. Options.Libraries.SelectMany(library => (string[])["--lib", library]),
        .. Option("--metrics", metrics),
        .. Option("--start-timeout", Changed(Options.StartTimeout, _defaults.StartTimeout)),
        .. Option("--grace", Changed(Options.Grace, _defaults.Grace)),
        .. Option("--values", Options.ValuesFile is { } values ? there(values) : null),
        .. Options.Settings.SelectMany(setting => (string[])["--set", setting]),
        there(File),
    ];

    /// <summary>Returns the options for a start by root: the user, the group and the umask.</summary>
    /// <param name="user">The user if none is given, or null.</param>
    public IEnumerable<string> Identity(string? user = null) =>
    [
        .. Option("--uid", Options.User ?? user),
        .. Option("--gid", Options.Group),
        .. Option("--umask", Options.Umask is { } umask ? Convert.ToString(umask, 8) : null),
    ];

    /// <summary>Returns the endpoint of metrics, if it is a port that another machine reaches. A number alone means all addresses here.</summary>
    /// <param name="engine">The engine that sends the probes, for the error.</param>
    /// <param name="fallback">The endpoint without <c>--metrics</c>.</param>
    /// <exception cref="TacHostException">The endpoint is not such a port.</exception>
    public string ReachableMetrics(string engine, string fallback)
    {
        if (Options.Metrics is not { } text)
            return fallback;
        var endpoint = text.All(char.IsAsciiDigit) ? $"tcp:{text}" : text;
        return ListeningPlace.Of(MonitoringServer.Parse(endpoint).ToString()!) is { Kind: "tcp", Port: not null, IsLocal: false }
            ? endpoint
            : throw new TacHostException(ExitCode.Usage, SingleLine.Escape($"the probes of {engine} cannot reach --metrics {endpoint}. Name a TCP port on all addresses, such as --metrics tcp:9100."));
    }

    private static string[] Option(string name, string? value) => value is null ? [] : [name, value];

    private static string? Changed(TimeSpan time, TimeSpan standard) => time == standard ? null : Duration.Print(time);

    /// <summary>Returns a name without characters that have a meaning to systemd.</summary>
    public static string Safe(string name)
    {
        var words = string.Concat(name.Select(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '.' ? character : '-')).Split('-', StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0 ? "application" : string.Join('-', words);
    }
}
