using TacHost.Services;

namespace TacHost.Hosting;

/// <summary>Looks through a tree for the services in which something is going on.</summary>
internal static class ServiceTree
{
    /// <summary>The innermost services that are still to stop.</summary>
    public static IEnumerable<IService> NotStopped(IService root) =>
        Innermost(root, service => service.State is not (ServiceState.Stopped or ServiceState.Failed));

    /// <summary>The innermost services that have not finished starting.</summary>
    public static IEnumerable<IService> Starting(IService root) =>
        Innermost(root, service => service.State is ServiceState.Starting);

    /// <summary>The innermost service that failed in that way.</summary>
    public static IService? Failed(IService root, Exception failure) =>
        Innermost(root, service => service is Service failed && failed.LastFailure == failure).FirstOrDefault();

    /// <summary>Asks every service for its state, which fails to end if one of them does not answer.</summary>
    /// <returns>How many there are, not counting those that only hold others.</returns>
    public static int Visit(IService service)
    {
        _ = service.State;
        if (service is not IServiceCollection children)
            return 1;
        var count = 0;
        foreach (var child in children)
            count += Visit(child);
        return count;
    }

    /// <summary>Looks below whatever the service itself is: a group may have given up on a child that is still stopping.</summary>
    private static List<IService> Innermost(IService service, Func<IService, bool> matches)
    {
        var below = service is IServiceCollection children ? children.SelectMany(child => Innermost(child, matches)).ToList() : [];
        return below.Count > 0 || !matches(service) ? below : [service];
    }
}
