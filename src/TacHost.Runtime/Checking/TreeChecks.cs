using TacHost.Services;

namespace TacHost.Checking;

/// <summary>The checks of <c>tachost check</c> after the trees of all files have been built.</summary>
/// <param name="directory">The absolute path of the run directory.</param>
/// <param name="running">The addresses that running applications listen on.</param>
internal sealed class TreeChecks(string directory, RunningAddresses running)
{
    private readonly List<(string File, ServiceNode Node, ListeningPlace Place, string Endpoint)> _listening = [];

    /// <summary>Returns the mistakes in the tree of a file, including conflicts with previously checked files.</summary>
    public IReadOnlyList<Finding> Of(string file, ServiceNode root) =>
        [.. root.All.SelectMany(node => node.Needs.Select(need => Find(file, node, need)).OfType<Finding>().Select(each => At(node, each)))];

    public static Finding At(ServiceNode node, Finding finding) =>
        finding with { Service = node.Path, File = node.Place?.File, Line = node.Place?.Line ?? 0, Column = node.Place?.Column ?? 0 };

    private Finding? Find(string file, ServiceNode node, ServiceNeed need)
    {
        var service = $"the service '{node.Path}'";
        switch (need.Kind)
        {
            case ServiceNeedKind.File when !File.Exists(Absolute(need.Name)):
                return new Finding("file", $"{service} reads '{need.Name}', and there is no such file{Where(file, need.Name)}");
            case ServiceNeedKind.Directory when !Directory.Exists(Absolute(need.Name)):
                return new Finding("directory", $"{service} uses '{need.Name}', and there is no such directory{Where(file, need.Name)}");
            case ServiceNeedKind.Certificate when !File.Exists(Absolute(need.Name)):
                return new Finding("certificate", $"{service} presents the certificate '{need.Name}', and there is no such file{Where(file, need.Name)}");
            case ServiceNeedKind.User when AccountFault.OfUser(need.Name, hasGroup: node.Needs.Any(each => each.Kind == ServiceNeedKind.Group)) is { } fault:
                return new Finding("user", $"{service} starts programs as the user '{need.Name}', {fault}") { ExitCode = ExitCode.NoUser };
            case ServiceNeedKind.Group when AccountFault.OfGroup(need.Name) is { } fault:
                return new Finding("group", $"{service} starts programs with the group '{need.Name}', {fault}") { ExitCode = ExitCode.NoUser };
            case ServiceNeedKind.Program when !IsProgram(need.Name):
                return new Finding("program", $"{service} starts '{need.Name}', and there is no such program{(need.Name.Contains('/', StringComparison.Ordinal) ? Where(file, need.Name) : " in PATH")}");
            case ServiceNeedKind.Listen when FindAddress(file, node, need) is { } clash:
                return clash with { Message = $"{service} listens on {need.Name}, {clash.Message}" };
        }

        return need.Verify?.Invoke() is { } reason ? new Finding(RuleOf(need.Kind), $"{service} {ServiceNeedText.Of(need.Kind)} '{need.Name}', {reason}") : null;
    }

    private Finding? FindAddress(string file, ServiceNode node, ServiceNeed need)
    {
        var place = ListeningPlace.Of(need.Name);
        var other = _listening.Find(each => each.Place.ClashesWith(place));
        _listening.Add((file, node, place, need.Name));
        if (other.Node is not null)
            return new Finding("port", $"as '{other.Node.Path}'{(other.File == file ? "" : $" of '{other.File}'")} does on {other.Endpoint}");
        if (running.Find(place with { Place = place.Kind == "unix" ? Absolute(place.Place) : place.Place }) is { } holder)
            return new Finding("port", $"as '{holder.Service}' of process {holder.Process} ({holder.Source}) does on {holder.Address}");
        return place.Kind == "unix" && Path.GetDirectoryName(Absolute(place.Place)) is { } parent && !Directory.Exists(parent)
            ? new Finding("directory", $"and there is no directory '{parent}'")
            : null;
    }

    private string Absolute(string path) => Path.GetFullPath(path, directory);

    private bool IsProgram(string name) => name.Contains('/', StringComparison.Ordinal)
        ? File.Exists(Absolute(name))
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(each => each.StartsWith('/') && File.Exists(Path.Combine(each, name)));

    /// <summary>Returns the place where a path was looked for, and why it may be the wrong one.</summary>
    private string Where(string file, string path)
    {
        if (path.StartsWith("~/", StringComparison.Ordinal))
            return $" in '{directory}': '~' is not replaced by a home directory. Write the absolute path";
        if (path.Contains('$', StringComparison.Ordinal))
            return $" in '{directory}': variables are not replaced. Use Environment.GetEnvironmentVariable";
        if (Path.IsPathFullyQualified(path))
            return "";
        var beside = Path.GetDirectoryName(Path.GetFullPath(file))!;
        return Path.Exists(Path.Combine(beside, path))
            ? $" in '{directory}'. There is one beside the tac file, but relative paths begin at the run directory: use --rundir '{beside}'"
            : $" in '{directory}'";
    }

    private static string RuleOf(ServiceNeedKind kind) => kind == ServiceNeedKind.Listen ? "port" : kind.ToString().ToLowerInvariant();
}
