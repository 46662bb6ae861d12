namespace TacHost.Control.Wire;

/// <summary>The result of the method <c>stop</c>, sent after everything has stopped.</summary>
/// <param name="ExitCode">The exit code of the process, which ends now.</param>
internal sealed record StopReport(int ExitCode);
