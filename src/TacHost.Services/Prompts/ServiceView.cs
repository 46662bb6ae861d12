using System.Globalization;
using System.Reflection;
using TacHost.Services.Networking;

namespace TacHost.Services.Prompts;

/// <summary>A read-only view of a running service, for prompts. Its values are those of the moment of asking.</summary>
public sealed class ServiceView
{
    private const int LongestMember = 1000;
    private const BindingFlags AllMembers = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private readonly IService _service;

    internal ServiceView(IService service) => _service = service;

    /// <summary>Gets the name, or null.</summary>
    public string? Name => _service.Name;

    /// <summary>Gets the path.</summary>
    public string ServicePath => _service.ServicePath;

    /// <summary>Gets the name of the class.</summary>
    public string Type => _service.GetType().Name;

    /// <summary>Gets the state.</summary>
    public ServiceState State => _service.State;

    /// <summary>Gets whether the service is running.</summary>
    public bool Running => _service.Running;

    /// <summary>Gets the time at which the service entered the running state, or null if it is not running.</summary>
    public DateTimeOffset? StartedAt => _service.StartedAt;

    /// <summary>Gets the number of restarts by a supervisor.</summary>
    public int Restarts => _service.Restarts;

    /// <summary>Gets the last failure as text, or null.</summary>
    public string? LastFailure => _service.LastFailure?.ToString();

    /// <summary>Gets the time of the next start by a supervisor, or null.</summary>
    public DateTimeOffset? NextTry => _service.NextTry;

    /// <summary>Gets what a stop of the service waits for.</summary>
    public IReadOnlyList<string> WaitsFor => _service.WaitsFor;

    /// <summary>Gets the addresses that the service listens on.</summary>
    public IReadOnlyList<string> LocalAddresses => _service is IListeningService listening ? [.. listening.LocalAddresses.Select(address => address.ToString() ?? "")] : [];

    /// <summary>Gets the number of open connections, or null for a service without connections.</summary>
    public long? OpenConnections => RootOf(_service) is Application root ? root.GetConnectionTotals(_service)?.Open : null;

    /// <summary>Gets the services of a group, or an empty list.</summary>
    public IReadOnlyList<ServiceView> Services => _service is IServiceCollection children ? children.Select(child => new ServiceView(child)).ToArray() : [];

    /// <summary>Gets the texts of the public properties and fields by their names.</summary>
    public IReadOnlyDictionary<string, string> Members =>
        _service.GetType().GetMembers(BindingFlags.Instance | BindingFlags.Public).Where(IsReadable).DistinctBy(member => member.Name)
            .OrderBy(member => member.Name, StringComparer.Ordinal).ToDictionary(member => member.Name, TextOf);

    /// <summary>Gets a service below this one.</summary>
    /// <param name="path">Names, joined by '/'.</param>
    /// <exception cref="KeyNotFoundException">The service does not exist.</exception>
    public ServiceView this[string path]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(path);
            var service = _service;
            foreach (var name in path.Split('/'))
                service = service is IServiceCollection children ? children.GetServiceNamed(name) : throw new KeyNotFoundException($"'{service.ServicePath}' is not a group, so it has no service '{name}'.");
            return new ServiceView(service);
        }
    }

    /// <summary>Returns the text of a property or a field, which can be private.</summary>
    /// <exception cref="MissingMemberException">The class does not have the member.</exception>
    public string Read(string member)
    {
        for (var type = _service.GetType(); type is not null; type = type.BaseType)
        {
            if (type.GetMember(member, AllMembers).FirstOrDefault(IsReadable) is { } found)
                return TextOf(found);
        }

        throw new MissingMemberException($"'{Type}' has no property or field '{member}'.");
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{ServicePath} {State}");

    private static bool IsReadable(MemberInfo member) =>
        member is FieldInfo or PropertyInfo { CanRead: true } && (member as PropertyInfo)?.GetIndexParameters().Length is null or 0;

    private static IService RootOf(IService service)
    {
        while (service.Parent is IService parent)
            service = parent;
        return service;
    }

    private string TextOf(MemberInfo member)
    {
        try
        {
            var value = member is FieldInfo field ? field.GetValue(_service) : ((PropertyInfo)member).GetValue(_service);
            return ObjectText.Of(value, LongestMember);
        }
        catch (TargetInvocationException e)
        {
            return $"!<{e.InnerException?.GetType().Name}>";
        }
    }
}
