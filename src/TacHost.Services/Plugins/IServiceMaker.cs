namespace TacHost.Services.Plugins;

/// <summary>A plugin that makes a service from options, so that it needs no tac file: <c>tachost NAME --option …</c>.</summary>
/// <remarks>
/// Derive from <see cref="ServiceMaker{TOptions}"/> rather than implementing this. The class carries a <see cref="PluginAttribute"/>, is public, not abstract, and has a public constructor without parameters, without effects.
/// Ported from <c>twisted.application.service.IServiceMaker</c>.
/// </remarks>
public interface IServiceMaker
{
    /// <summary>The word that stands for it on the command line.</summary>
    string TapName { get; }

    /// <summary>One sentence for the list of plugins.</summary>
    string Description { get; }

    /// <summary>The class whose properties are its options; see <see cref="OptionAttribute"/>.</summary>
    Type OptionsType { get; }

    /// <summary>Makes the service. Starts and opens nothing. Called at most once, in the process that runs the service, after its options have been read and checked.</summary>
    /// <param name="options">An <see cref="OptionsType"/>.</param>
    /// <exception cref="UsageException">The options cannot be meant so.</exception>
    IService MakeService(object options);
}
