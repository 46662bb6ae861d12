using TacHost.Services;

namespace TacHost;

/// <summary>Something that yields an application: a prepared tac file, or a plugin with its options.</summary>
internal interface IApplicationRecipe
{
    /// <summary>Where the application comes from, for messages.</summary>
    string Source { get; }

    /// <summary>What was noticed while it was prepared and belongs in the log.</summary>
    IReadOnlyList<string> Notices { get; }

    /// <summary>Builds the tree. Starts nothing. May take for ever: the caller gives up on it, not it on itself.</summary>
    /// <exception cref="TacHostException">There is no application, or building it threw.</exception>
    Task<Application> BuildAsync();
}
