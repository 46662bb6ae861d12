using System.Text;
using System.Text.Json;
using TacHost.CommandLine;
using TacHost.Services;

namespace TacHost;

/// <summary>The output of <c>tachost tree</c>.</summary>
internal static class ServiceTreeText
{
    private static readonly JsonSerializerOptions _format = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Returns the tree for people: a line for each service, with its class and its needs.</summary>
    public static string Make(ServiceNode root)
    {
        List<(string Name, ServiceNode Node)> rows = [];
        Add(root, "", "");
        var width = rows.Max(row => row.Name.Length) + 2;
        StringBuilder text = new();
        foreach (var (name, node) in rows)
            text.Append(SingleLine.Escape($"{name.PadRight(width)}{node.Type}{string.Concat(node.Needs.Select(need => $", {ServiceNeedText.Of(need.Kind)} {need.Name}"))}")).Append('\n');
        return text.ToString();

        void Add(ServiceNode node, string line, string below)
        {
            rows.Add((line + node.Name, node));
            for (var i = 0; i < node.Children.Count; i++)
            {
                var isLast = i == node.Children.Count - 1;
                Add(node.Children[i], below + (isLast ? "└─ " : "├─ "), below + (isLast ? "   " : "│  "));
            }
        }
    }

    public static string Json(ServiceNode root) => JsonSerializer.Serialize(Shape(root), _format) + "\n";

    private static object Shape(ServiceNode node) => new
    {
        name = node.Name,
        path = node.Path,
        type = node.Type,
        file = node.Place?.File,
        line = node.Place?.Line,
        listens = Names(node, ServiceNeedKind.Listen),
        connects = Names(node, ServiceNeedKind.Connect),
        files = Names(node, ServiceNeedKind.File),
        directories = Names(node, ServiceNeedKind.Directory),
        certificates = Names(node, ServiceNeedKind.Certificate),
        services = node.Children.Select(Shape).ToArray(),
    };

    private static string[] Names(ServiceNode node, ServiceNeedKind kind) => [.. node.Needs.Where(need => need.Kind == kind).Select(need => need.Name)];
}
