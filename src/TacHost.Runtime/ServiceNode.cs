using TacHost.Services;

namespace TacHost;

/// <summary>A service of a tree that was built and not started, for <c>tachost tree</c> and <c>tachost check</c>.</summary>
/// <param name="Name">The last part of its path.</param>
/// <param name="Path">Its path in the tree.</param>
/// <param name="Type">Its class.</param>
/// <param name="Needs">What it will take of the machine, as far as it says so.</param>
/// <param name="Children">The services below it, in the order of their start.</param>
internal sealed record ServiceNode(string Name, string Path, string Type, IReadOnlyList<ServiceNeed> Needs, IReadOnlyList<ServiceNode> Children)
{
    /// <summary>Gets the node and all below it.</summary>
    public IEnumerable<ServiceNode> All => Children.SelectMany(child => child.All).Prepend(this);

    /// <summary>Makes the nodes of a tree.</summary>
    public static ServiceNode Of(IService service)
    {
        var path = service.ServicePath;
        return new ServiceNode(
            path[(path.LastIndexOf('/') + 1)..],
            path,
            service.GetType().Name,
            service is IServiceNeeds needing ? needing.Needs : [],
            service is IEnumerable<IService> children ? [.. children.Select(Of)] : []);
    }
}
