using TacHost.Loading;
using TacHost.Services;

namespace TacHost;

/// <summary>Something that yields an application: a prepared tac file, or a plugin with its options.</summary>
internal interface IApplicationRecipe
{
    /// <summary>Where the application comes from, for messages.</summary>
    string Source { get; }

    /// <summary>What was noticed while it was prepared and belongs in the log.</summary>
    IReadOnlyList<string> Notices { get; }

    /// <summary>Gets the prints of the code that is the application's own, by which a reload compares it.</summary>
    CodePrints Prints { get; }

    /// <summary>Gets where a build that is given no place loads the code.</summary>
    LoadPlace Place { get; }

    /// <summary>Builds the tree. Starts nothing. May take for ever: the caller gives up on it, not it on itself.</summary>
    /// <param name="place">Where the code is loaded; null for <see cref="Place"/>.</param>
    /// <exception cref="TacHostException">There is no application, or building it threw.</exception>
    Task<Application> BuildAsync(LoadPlace? place = null);
}
