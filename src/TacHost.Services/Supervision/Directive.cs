namespace TacHost.Services.Supervision;

/// <summary>The reaction of a <see cref="Supervisor"/> to a failure. Akka's directives without Resume, because a failed body has ended.</summary>
public enum Directive
{
    /// <summary>Restarts children according to the strategy and the policy.</summary>
    Restart,

    /// <summary>Stops the child and leaves it stopped.</summary>
    Stop,

    /// <summary>Fails the supervisor, so that its parent decides.</summary>
    Escalate,
}
