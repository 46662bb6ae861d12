using TacHost.Services;

namespace TacHost;

/// <summary>The checks of <c>tachost check</c> after the trees of all files have been built.</summary>
internal sealed class TacChecks(string runDirectory)
{
    private readonly List<(string File, ServiceNode Node, ServiceNeed Need)> _listening = [];

    /// <summary>Returns the mistakes in the tree of a file, including conflicts with previously checked files.</summary>
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
