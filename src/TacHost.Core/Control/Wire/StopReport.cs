namespace TacHost.Control.Wire;

/// <summary>What the method <c>stop</c> answers when everything has stopped.</summary>
/// <param name="ExitCode">The exit code of the process, which ends now.</param>
internal sealed record StopReport(int ExitCode);
