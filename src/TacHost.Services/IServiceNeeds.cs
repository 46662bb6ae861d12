namespace TacHost.Services;

/// <summary>
/// A service that can list the resources it needs before it is started. <c>tachost tree</c> shows them, and <c>tachost check</c> checks their availability.
/// </summary>
public interface IServiceNeeds
{
    /// <summary>Gets the resources that the service will use. Opens nothing.</summary>
    IReadOnlyList<ServiceNeed> Needs { get; }
}

/// <summary>A resource that a service needs.</summary>
public sealed class ServiceNeed
{
    /// <summary>Initializes a need.</summary>
    /// <param name="kind">The use of the resource.</param>
    /// <param name="name">The name of the resource: the text of an endpoint, or a path.</param>
    public ServiceNeed(ServiceNeedKind kind, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        (Kind, Name) = (kind, name);
    }

    /// <summary>Gets the use of the resource.</summary>
    public ServiceNeedKind Kind { get; }

    /// <summary>Gets the name of the resource: the text of an endpoint, or a path.</summary>
    public string Name { get; }

    /// <summary>Gets a function that examines the resource for <c>tachost check</c>, or null. Defaults to null.</summary>
    /// <remarks>
    /// The function returns null, or the fault as a clause, such as <c>which expired on 2026-01-01</c>. The check calls it after it has
    /// set the <see cref="Application.BaseDirectory"/> of the application.
    /// </remarks>
    public Func<string?>? Verify { get; init; }
}

/// <summary>The use that a service makes of a resource.</summary>
public enum ServiceNeedKind
{
    /// <summary>Listens on an endpoint, exclusively.</summary>
    Listen,

    /// <summary>Reads a file, which must exist.</summary>
    File,

    /// <summary>Uses a directory, which must exist.</summary>
    Directory,

    /// <summary>Presents the certificate in a file. Its key must be usable.</summary>
    Certificate,

    /// <summary>Starts programs as a user, by name or ID.</summary>
    User,

    /// <summary>Starts programs with a group, by name or ID.</summary>
    Group,

    /// <summary>Starts a program: a path, or a name that is searched in <c>PATH</c>.</summary>
    Program,

    /// <summary>Connects to an endpoint, such as <c>tcp:localhost:10000</c>. <c>tachost dashboard</c> shows which service listens there.</summary>
    Connect,
}
