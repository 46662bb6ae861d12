namespace TacHost.Control.Wire;

/// <summary>The result of the method <c>upgrade</c>.</summary>
/// <param name="OldVersion">The version of the process that leaves.</param>
/// <param name="Version">The version of the process that serves now.</param>
/// <param name="Leaving">The ID of the process that leaves. It ends when its connections have ended.</param>
/// <param name="Pid">The ID of the process that serves now.</param>
/// <param name="Milliseconds">The time until that process served.</param>
internal sealed record UpgradeReport(string OldVersion, string Version, int Leaving, int Pid, double Milliseconds);
