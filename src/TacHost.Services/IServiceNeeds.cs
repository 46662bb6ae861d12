namespace TacHost.Services;

/// <summary>A service that can say, before it is started, what it will take of the machine: <c>tachost tree</c> shows it, and <c>tachost check</c> looks whether it is there.</summary>
public interface IServiceNeeds
{
    /// <summary>Gets what the service will take. Opens nothing.</summary>
    IReadOnlyList<ServiceNeed> Needs { get; }
}

/// <summary>One thing that a service will take of the machine.</summary>
public sealed class ServiceNeed
{
    /// <summary>Initializes a need.</summary>
    /// <param name="kind">What the service will do.</param>
    /// <param name="name">With what: the text of an endpoint, or a path.</param>
    public ServiceNeed(ServiceNeedKind kind, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        (Kind, Name) = (kind, name);
    }

    /// <summary>Gets what the service will do.</summary>
    public ServiceNeedKind Kind { get; }

    /// <summary>Gets the text of an endpoint, or a path.</summary>
    public string Name { get; }
}

/// <summary>What a service does with what it needs.</summary>
public enum ServiceNeedKind
{
    /// <summary>Listens at an endpoint; nobody else can.</summary>
    Listen,

    /// <summary>Reads a file, which must be there.</summary>
    File,

    /// <summary>Uses a directory, which must be there.</summary>
    Directory,
}
