namespace TacHost.Services.Plugins.Infrastructure;

/// <summary>The information that a command line requests instead of containing options.</summary>
public enum OptionQuery
{
    /// <summary>The command line contains options.</summary>
    None,

    /// <summary>The command line requests the help.</summary>
    Help,

    /// <summary>The command line requests the version.</summary>
    Version,
}
