using TacHost.Services;

namespace TacHost.Hosting;

/// <summary>Searches a tree for services in a given state.</summary>
internal static class ServiceTree
{
    public static IEnumerable<IService> NotStopped(IService root) =>
        Innermost(root, service => service.State is not (ServiceState.Stopped or ServiceState.Failed));

    public static IEnumerable<IService> Starting(IService root) =>
        Innermost(root, service => service.State is ServiceState.Starting);

    /// <summary>Returns the innermost service that failed with the given exception, or null.</summary>
    public static IService? Failed(IService root, Exception failure) =>
        Innermost(root, service => service is Service failed && failed.LastFailure == failure).FirstOrDefault();

    /// <summary>Reads the state of every service. Blocks if a service does not respond.</summary>
    /// <returns>The number of services, without groups.</returns>
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

    /// <summary>Reads the state of every service of several deployments. A loop, because every start runs it (ADR 10).</summary>
    /// <returns>The number of services, without groups.</returns>
    public static int VisitAll(List<Deployment> deployments)
    {
        var count = 0;
        foreach (var deployment in deployments)
            count += Visit(deployment.Application);
        return count;
    }

    /// <summary>Searches below a service in any state, because a group may have stopped waiting for a child that is still stopping.</summary>
    private static List<IService> Innermost(IService service, Func<IService, bool> matches)
    {
        var below = service is IServiceCollection children ? children.SelectMany(child => Innermost(child, matches)).ToList() : [];
        return below.Count > 0 || !matches(service) ? below : [service];
    }
}
