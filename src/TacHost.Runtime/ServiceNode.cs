using TacHost.Services;

namespace TacHost;

/// <summary>A service of a tree that has been built but not started, for <c>tachost tree</c> and <c>tachost check</c>.</summary>
/// <param name="Name">The last part of the path.</param>
/// <param name="Path">The path in the tree.</param>
/// <param name="Type">The name of the class.</param>
/// <param name="Needs">The resources that the service declares to need.</param>
/// <param name="Children">The child services, in the order of their start.</param>
/// <param name="Place">The line that creates the service, or null.</param>
internal sealed record ServiceNode(string Name, string Path, string Type, IReadOnlyList<ServiceNeed> Needs, IReadOnlyList<ServiceNode> Children, SourcePlace? Place)
{
    public IEnumerable<ServiceNode> All => Children.SelectMany(child => child.All).Prepend(this);

    /// <summary>Creates the nodes of a tree.</summary>
    /// <param name="service">The root.</param>
    /// <param name="placeOf">Returns the line that creates a service, or null if it is unknown.</param>
    public static ServiceNode Of(IService service, Func<IService, SourcePlace?> placeOf)
    {
        var path = service.ServicePath;
        return new ServiceNode(
            path[(path.LastIndexOf('/') + 1)..],
            path,
            service.GetType().Name,
            service is IServiceNeeds needing ? needing.Needs : [],
            service is IEnumerable<IService> children ? [.. children.Select(child => Of(child, placeOf))] : [],
            placeOf(service));
    }
}
