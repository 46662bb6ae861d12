using System.Globalization;
using System.Text;
using TacHost.CommandLine;
using TacHost.Services;

namespace TacHost.Plugins;

/// <summary>The help of a tac file, which lists its parameters like the options of a plugin.</summary>
internal static class ParameterHelp
{
    /// <summary>Returns the output of <c>tachost FILE --help</c>.</summary>
    public static string Make(string file, TacParameters parameters)
    {
        StringBuilder text = new($"Usage: tachost [host options] {file}");
        foreach (var option in parameters.Options.Where(option => option.Required))
            text.Append(CultureInfo.InvariantCulture, $" --{option.Name} {option.ValueName}");
        text.Append(parameters.Options.Count > 0 ? " [parameters] [-- ARGS]\n\nParameters:\n" : " [-- ARGS]\n\nThe tac file has no parameters.\n");
        foreach (var option in parameters.Options)
            HelpText.AppendRow(text, PluginHelp.Names(option), PluginHelp.Description(option, null), HelpText.OptionColumn);
        text.Append('\n');
        HelpText.AppendWrapped(text, "A parameter is also read from --set NAME=VALUE, from the environment, and from a file of values. Options of the host, such as --nodaemon, go before the file: see tachost --help.", 0, 0);
        return text.ToString();
    }
}
