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
    /// <summary>Gets the name of the units and of the cache directory, without characters that have a meaning to systemd. Defaults to that of the application.</summary>
    public string UnitName { get; init => field = Safe(value); } = Safe(KebabCase.Of(Root.Name));

    /// <summary>Gets the target that the units belong to, or null for that of the system.</summary>
    public string? Target { get; init; }

    /// <summary>Gets the absolute path of the tac file.</summary>
    public string File { get; } = Path.GetFullPath(TacFile);

    /// <summary>Gets the working directory.</summary>
    public string Directory { get; } = Path.GetFullPath(Options.RunDirectory ?? ".");

    /// <summary>Gets the listening addresses of the tree.</summary>
    public IReadOnlyList<ListeningPlace> TreePlaces { get; } = [.. Root.All.SelectMany(node => node.Needs).Where(need => need.Kind == ServiceNeedKind.Listen).Select(need => ListeningPlace.Of(need.Name))];

    /// <summary>Gets the listening addresses of the tree and of <c>--metrics</c>.</summary>
    public IReadOnlyList<ListeningPlace> Places =>
    [
        .. TreePlaces,
        .. Options.Metrics is { } metrics ? [ListeningPlace.Of(MonitoringServer.Parse(metrics).ToString()!)] : (ReadOnlySpan<ListeningPlace>)[],
    ];

    /// <summary>Gets the absolute paths that services read.</summary>
    public IEnumerable<string> ReadPaths => Root.All.SelectMany(node => node.Needs).Where(need => need.Kind is ServiceNeedKind.File or ServiceNeedKind.Directory).Select(need => Path.GetFullPath(need.Name, Directory));

    /// <summary>Returns a name without characters that have a meaning to systemd.</summary>
    public static string Safe(string name)
    {
        var words = string.Concat(name.Select(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '.' ? character : '-')).Split('-', StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0 ? "application" : string.Join('-', words);
    }
}
