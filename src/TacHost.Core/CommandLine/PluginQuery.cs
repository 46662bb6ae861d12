namespace TacHost.CommandLine;

/// <summary>The output of <c>tachost plugins</c>.</summary>
internal enum PluginQuery
{
    List,

    Names,

    Options,

    Why,
}
