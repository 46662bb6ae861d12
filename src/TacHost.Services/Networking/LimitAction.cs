namespace TacHost.Services.Networking;

/// <summary>What happens to a connection beyond the limit.</summary>
public enum LimitAction
{
    /// <summary>It waits in the kernel's backlog, or is the one that has just been accepted, until another ends.</summary>
    Wait,

    /// <summary>It is reset at once.</summary>
    Refuse,
}
