using TacHost.Services;

namespace TacHost.Reloading;

/// <summary>Enumerates the services of a tree in the order of their start.</summary>
internal static class TreeOrder
{
    public static IEnumerable<IService> Of(IService root)
    {
        Stack<IService> left = new([root]);
        while (left.TryPop(out var service))
        {
            yield return service;
            if (service is not IEnumerable<IService> collection)
                continue;
            foreach (var child in collection.Reverse())
                left.Push(child);
        }
    }

    /// <summary>Returns whether a service is a plain group, which never changes by itself.</summary>
    public static bool IsPlainGroup(IService service) => service.GetType() == typeof(MultiService) || service is Application;
}
