using TacHost.CommandLine;

namespace TacHost.Plugins;

/// <summary>The last line of what <c>tachost plugins --why NAME</c> prints.</summary>
internal static class PluginVerdict
{
    public static string CanRun(string name, string path) => OneLine.Printable($"'{name}' is {path}, and can be run: its service maker and its options were created.\n");

    public static string CannotRun(string name, string path, TacHostException e) => OneLine.Printable($"'{name}' is {path}, and cannot be run: {e.TextWith(trace: true)}\n");
}
