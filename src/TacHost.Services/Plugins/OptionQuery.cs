namespace TacHost.Services.Plugins;

/// <summary>What a command line asks instead of giving options.</summary>
public enum OptionQuery
{
    /// <summary>Nothing: it gives options.</summary>
    None,

    /// <summary>The help.</summary>
    Help,

    /// <summary>The version.</summary>
    Version,
}
