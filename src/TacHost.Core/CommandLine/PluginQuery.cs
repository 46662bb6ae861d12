namespace TacHost.CommandLine;

/// <summary>The output of <c>tachost plugins</c>.</summary>
internal enum PluginQuery
{
    /// <summary>A list for people.</summary>
    List,

    /// <summary>A list for completion.</summary>
    Names,

    /// <summary>The options of a plugin, for completion.</summary>
    Options,

    /// <summary>The diagnosis of a plugin.</summary>
    Why,
}
