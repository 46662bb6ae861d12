namespace TacHost.Daemon;

/// <summary>How long the process that starts a daemon waits for it.</summary>
/// <param name="StartTimeout">What the daemon allows for its start.</param>
/// <param name="Grace">What it allows for cleaning up.</param>
/// <param name="Interrupted">Cancelled when the user wants no daemon after all.</param>
/// <param name="InterruptedAgain">Cancelled when the user will not wait for it to clean up.</param>
internal sealed record DaemonPatience(TimeSpan StartTimeout, TimeSpan Grace, CancellationToken Interrupted, CancellationToken InterruptedAgain);
