namespace TacHost.Fleet;

/// <summary>The states of a deployment of a fleet.</summary>
internal enum UnitState
{
    Off,

    /// <summary>Waits for its turn to start.</summary>
    Queued,
    Compiling,
    Starting,
    Running,
    Reloading,
    Stopping,

    /// <summary>Has ended, and waits for its next start.</summary>
    BackingOff,

    /// <summary>Was given up, or cannot start. A change of its files or an operator starts it again.</summary>
    Failed,

    /// <summary>Runs an older version, because its sources do not compile or a reload failed.</summary>
    Stale,
}

/// <summary>The names of the states.</summary>
internal static class UnitStates
{
    /// <summary>Returns the name of a state, such as <c>backing-off</c>.</summary>
    public static string Word(this UnitState state) => state == UnitState.BackingOff ? "backing-off" : state.ToString().ToLowerInvariant();
}
