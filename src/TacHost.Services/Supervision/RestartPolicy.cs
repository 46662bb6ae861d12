namespace TacHost.Services.Supervision;

/// <summary>When a <see cref="Supervisor"/> restarts a child that has ended. Erlang's restart types.</summary>
public enum RestartPolicy
{
    /// <summary>Always: after a failure, and after its body has returned.</summary>
    Permanent,

    /// <summary>After a failure. A body that returns has done its work.</summary>
    Transient,

    /// <summary>Never. A temporary child that was stopped because of a sibling is not started again either.</summary>
    Temporary,
}
