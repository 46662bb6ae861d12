using System.Diagnostics;

namespace TacHost.Tests.Logging;

/// <summary>Programs of the system that a test needs.</summary>
internal static class Command
{
    public static bool IsRoot => Environment.IsPrivilegedProcess;

    /// <summary>Runs a program to its end, and returns what it printed; null if it failed or there is none.</summary>
    public static string? TryRun(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output.Trim() : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    public static string Run(string program, params string[] arguments)
    {
        var output = TryRun(program, arguments);
        Assert.True(output is not null, $"'{program} {string.Join(' ', arguments)}' failed");
        return output;
    }
}
