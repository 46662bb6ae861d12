namespace TacHost.EndToEnd.Tests.Running;

/// <summary>Twisted, of Debian's package python3-twisted.</summary>
internal static class Twisted
{
    /// <summary>The system's own Python: a test may find another one first, which does not know the system's packages.</summary>
    public const string Python = "/usr/bin/python3";

    public const string SkipReason = "Twisted is not installed (python3-twisted)";

    public static async Task<bool> IsInstalledAsync(Sandbox sandbox) => File.Exists(Python) && (await sandbox.RunAsync(Python, "-c", "import twisted")).ExitCode == 0;
}
