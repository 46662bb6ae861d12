using TacHost.CommandLine;

namespace TacHost.Plugins;

/// <summary>The last line of the output of <c>tachost plugins --why NAME</c>.</summary>
internal static class PluginVerdict
{
    public static string CanRun(string name, string path) => SingleLine.EscapeLines($"'{name}' is {path}, and can be run: its service maker and its options were created.\n");

    public static string CannotRun(string name, string path, TacHostException e) => SingleLine.EscapeLines($"'{name}' is {path}, and cannot be run: {e.TextWith(trace: true)}\n");
}
