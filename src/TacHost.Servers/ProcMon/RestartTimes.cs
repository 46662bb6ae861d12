namespace TacHost.Servers.ProcMon;

/// <summary>The times of a <see cref="ProcessMonitor"/>, and the clock that they go by.</summary>
internal sealed record RestartTimes(TimeSpan Threshold, TimeSpan KillTime, TimeSpan MinRestartDelay, TimeSpan MaxRestartDelay, TimeProvider TimeProvider);
