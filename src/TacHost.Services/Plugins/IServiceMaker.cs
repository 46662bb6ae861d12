namespace TacHost.Services.Plugins;

/// <summary>A plugin that makes a service from options, so that it needs no tac file: <c>tachost NAME --option …</c>.</summary>
/// <remarks>
/// Derive from <see cref="ServiceMaker{TOptions}"/> rather than implementing this. The class carries a <see cref="PluginAttribute"/>, is public, not abstract, and has a public constructor without parameters, without effects.
/// Ported from <c>twisted.application.service.IServiceMaker</c>.
/// </remarks>
public interface IServiceMaker
{
    /// <summary>Gets the name of the plugin on the command line.</summary>
    string TapName { get; }

    /// <summary>Gets one sentence for the list of plugins.</summary>
    string Description { get; }

    /// <summary>Gets the class whose properties are the options; see <see cref="OptionAttribute"/>.</summary>
    Type OptionsType { get; }

    /// <summary>Makes the service. Starts and opens nothing. Called at most once, in the process of the service, after the options have been parsed and validated.</summary>
    /// <param name="options">An instance of <see cref="OptionsType"/>.</param>
    /// <exception cref="UsageException">The options are contradictory or incomplete.</exception>
    IService MakeService(object options);
}
