using TacHost.Services;

namespace TacHost.Monitoring;

/// <summary>The states of a service, in lower case, as reports have them.</summary>
internal static class ServiceStates
{
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetNames<ServiceState>().Select(name => name.ToLowerInvariant())];
}
