using Microsoft.Extensions.Logging;

namespace TacHost.Services.Networking.Listening;

/// <summary>What a listener is made for, and how it treats what it accepts.</summary>
internal sealed record ListenerSettings(string ServicePath, ServerFactory Factory, ILogger Logger)
{
    /// <summary>The application at the root of the tree, for the identity that the process will end with.</summary>
    public Application? Application { get; init; }
}
