namespace TacHost.Services.Networking;

/// <summary>The action for a connection beyond the limit.</summary>
public enum ConnectionLimitBehavior
{
    /// <summary>The connection waits until another ends, either in the kernel's backlog or just after its accept.</summary>
    Wait,

    /// <summary>The connection is reset at once.</summary>
    Refuse,
}
