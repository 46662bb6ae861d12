using TacHost.Control.Wire;

namespace TacHost.Fleet;

/// <summary>The state of a deployment and its reason, as a fleet shows it. Changed by one operation at a time; read by any thread.</summary>
internal sealed class UnitStatus(string name, Func<Microsoft.Extensions.Logging.ILogger> log)
{
    private DateTimeOffset? _nextTry;
    private int _restarts;

    public UnitState State { get; private set; }

    public string? Reason { get; private set; }

    /// <summary>Gets or sets the time at which the deployment began to run, or null.</summary>
    public DateTimeOffset? Since { get; set; }

    /// <summary>Gets or sets how the deployment ended the last time, or null.</summary>
    public string? LastExit { get; set; }

    public void Set(UnitState state, string? reason = null)
    {
        if (state == UnitState.Stale && (State, Reason) != (state, reason))
            FleetLog.Stale(log(), name, reason!);
        (State, Reason) = (state, reason);
        _nextTry = null;
    }

    /// <summary>Sets the state after the deployment was given up.</summary>
    public void Fail(string reason)
    {
        if ((State, Reason) != (UnitState.Failed, reason))
            FleetLog.Failed(log(), name, reason);
        Set(UnitState.Failed, reason);
    }

    /// <summary>Sets the state before the next try.</summary>
    public void BackOff(TimeSpan delay, string reason)
    {
        FleetLog.BackingOff(log(), name, reason, delay.TotalSeconds);
        Set(UnitState.BackingOff, reason);
        _nextTry = TimeProvider.System.GetUtcNow() + delay;
    }

    public void CountRestart() => ++_restarts;

    /// <summary>Returns what is shown of the state.</summary>
    public UnitReport Report() => new()
    {
        Name = name,
        State = State.Word(),
        Reason = Reason,
        Since = Since,
        Restarts = _restarts,
        NextTry = _nextTry,
        LastExit = LastExit,
    };
}
