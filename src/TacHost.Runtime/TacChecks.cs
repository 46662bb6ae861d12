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
                var other = _listening.Find(each => Clash(each.Need.Name, need.Name));
                _listening.Add((file, node, need));
                return other.Node is null ? null : $"the service '{node.Path}' listens on {need.Name}, as '{other.Node.Path}'{(other.File == file ? "" : $" of '{other.File}'")} does on {other.Need.Name}";
            default:
                return null;
        }
    }

    /// <summary>Two endpoints that cannot be had together: one port of one protocol at addresses that are the same, or of which one is all; or one path.</summary>
    private static bool Clash(string left, string right)
    {
        var (leftKind, leftPlace, leftInterface) = Parts(left);
        var (rightKind, rightPlace, rightInterface) = Parts(right);
        return leftKind == rightKind && leftPlace == rightPlace && leftPlace is not ("" or "0")
            && (leftInterface == rightInterface || leftInterface.Length == 0 || rightInterface.Length == 0);
    }

    private static (string Kind, string Place, string Interface) Parts(string endpoint)
    {
        const string parameter = "interface=";
        var parts = endpoint.Split(':');
        if (parts.Length > 1 && parts[0] == "haproxy")
            parts = parts[1..];
        var iface = Array.Find(parts, part => part.StartsWith(parameter, StringComparison.Ordinal));
        return parts.Length < 2 || parts[0] is "systemd" or "fd" ? ("", "", "") : (parts[0] is "tls" or "tcp6" ? "tcp" : parts[0], parts[1], iface is null ? "" : iface[parameter.Length..]);
    }
}
