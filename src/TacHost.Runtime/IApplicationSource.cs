using TacHost.Loading;
using TacHost.Services;

namespace TacHost;

/// <summary>A source of an application: a prepared tac file, or a plugin with its options.</summary>
internal interface IApplicationSource
{
    string Origin { get; }

    IReadOnlyList<string> Notices { get; }

    /// <summary>Gets the details of the preparation, for the log at the level Debug.</summary>
    IReadOnlyList<string> Details => [];

    /// <summary>Gets the prints of the code that is the application's own, by which a reload compares it.</summary>
    CodePrints Prints { get; }

    /// <summary>Keeps the source for a start with --last-good, because its application runs.</summary>
    /// <returns>The reason why it could not be kept, or null.</returns>
    string? Save() => null;

    /// <summary>Gets the places at which the top level changes the process instead of the tree, with what they do.</summary>
    IReadOnlyList<string> Effects => [];

    IReadOnlyList<SourceStamp> Files => [];

    string CodeFingerprint => Origin;

    /// <summary>Gets a text that is equal for sources with equal code and equal values.</summary>
    string Fingerprint => Origin;

    /// <summary>Gets where a build that is given no place loads the code.</summary>
    LoadPlace Place { get; }

    /// <summary>Gets the status for the service manager after the start, or null for the default.</summary>
    string? Summary => null;

    /// <summary>Builds the tree without starting it. May never complete; the caller must apply a timeout.</summary>
    /// <param name="place">The place where the code is loaded; null for <see cref="Place"/>.</param>
    /// <exception cref="TacHostException">The source does not define an application, or building it threw an exception.</exception>
    Task<Application> BuildAsync(LoadPlace? place = null);
}
