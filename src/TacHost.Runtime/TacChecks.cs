using TacHost.Services;

namespace TacHost;

/// <summary>What <c>tachost check</c> looks at once the trees of all its files are built.</summary>
internal sealed class TacChecks(string runDirectory)
{
    private readonly List<(string File, ServiceNode Node, ServiceNeed Need)> _listening = [];

    /// <summary>Returns what is wrong with the tree of one file, also beside those that were looked at before.</summary>
    public IReadOnlyList<string> Of(string file, ServiceNode root)
    {
        List<string> mistakes = [];
        foreach (var node in root.All)
        {
            foreach (var need in node.Needs)
            {
                if (Mistake(file, node, need) is { } mistake)
                    mistakes.Add(mistake);
            }
        }

        return mistakes;
    }

    private string? Mistake(string file, ServiceNode node, ServiceNeed need)
    {
        switch (need.Kind)
        {
            case ServiceNeedKind.File when !File.Exists(Path.GetFullPath(need.Name, runDirectory)):
                return $"the service '{node.Path}' reads '{need.Name}', and there is no such file in '{runDirectory}'";
            case ServiceNeedKind.Directory when !Directory.Exists(Path.GetFullPath(need.Name, runDirectory)):
                return $"the service '{node.Path}' uses '{need.Name}', and there is no such directory in '{runDirectory}'";
            case ServiceNeedKind.Listen:
                var other = _listening.Find(each => ListeningPlace.Of(each.Need.Name).ClashesWith(ListeningPlace.Of(need.Name)));
                _listening.Add((file, node, need));
                return other.Node is null ? null : $"the service '{node.Path}' listens on {need.Name}, as '{other.Node.Path}'{(other.File == file ? "" : $" of '{other.File}'")} does on {other.Need.Name}";
            default:
                return null;
        }
    }
}
