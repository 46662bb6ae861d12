namespace TacHost.Services.Supervision;

/// <summary>The condition on which a <see cref="Supervisor"/> restarts a child that has ended. Erlang's restart types.</summary>
public enum RestartPolicy
{
    /// <summary>Always: after a failure and after the body has returned.</summary>
    Permanent,

    /// <summary>Only after a failure. A body that returns has completed its work.</summary>
    Transient,

    /// <summary>Never. If a sibling's restart stops a temporary child, the child is not started again.</summary>
    Temporary,
}
