namespace TacHost.Daemon;

/// <summary>The timeouts for the process that starts a daemon and waits for it.</summary>
/// <param name="StartTimeout">The daemon's start timeout.</param>
/// <param name="Grace">The daemon's grace period for cleaning up.</param>
/// <param name="Interrupted">Cancelled when the user interrupts the start.</param>
/// <param name="InterruptedAgain">Cancelled when the user does not want to wait for the cleanup.</param>
internal sealed record DaemonTimeouts(TimeSpan StartTimeout, TimeSpan Grace, CancellationToken Interrupted, CancellationToken InterruptedAgain);
