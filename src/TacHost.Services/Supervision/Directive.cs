namespace TacHost.Services.Supervision;

/// <summary>What a <see cref="Supervisor"/> does about a failure. Akka's directives; a failed body has ended, so there is no Resume.</summary>
public enum Directive
{
    /// <summary>Restart as strategy and policy say.</summary>
    Restart,

    /// <summary>Stop the child and leave it stopped.</summary>
    Stop,

    /// <summary>Fail, so that the parent of the supervisor decides.</summary>
    Escalate,
}
