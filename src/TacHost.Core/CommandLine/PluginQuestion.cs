namespace TacHost.CommandLine;

/// <summary>What <c>tachost plugins</c> is asked for.</summary>
internal enum PluginQuestion
{
    /// <summary>The list for people.</summary>
    List,

    /// <summary>The list for completion.</summary>
    Names,

    /// <summary>The options of one, for completion.</summary>
    Options,

    /// <summary>What is the matter with one.</summary>
    Why,
}
