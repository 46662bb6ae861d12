using System.Diagnostics;

namespace TacHost.EndToEnd.Tests.Running;

/// <summary>What a process printed and how it ended.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error);

/// <summary>The built program, and any other, run to the end.</summary>
internal static class Program
{
    /// <summary>The root of the checkout.</summary>
    public static string Root { get; } = Checkout.Root;

    /// <summary>
    /// The <c>tachost</c> under test. It is the one that the launcher at the root has published, which starts three times as fast, if no source is newer;
    /// otherwise the one that was built with these tests, in the same configuration. <c>TACHOST_TESTED</c> names another.
    /// </summary>
    public static string Tachost { get; } = Environment.GetEnvironmentVariable("TACHOST_TESTED") ?? FindPublished() ??
        Path.Combine(Root, "artifacts", "bin", "TacHost", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "tachost");

    /// <summary>Gets whether it is native code.</summary>
    public static bool IsNative { get; } = !File.Exists(Tachost + ".dll");

    /// <summary>Gets the directory of the host that it starts, with <c>TacHost.Services.dll</c> and the plugins.</summary>
    public static string HostDirectory { get; } = Path.Combine(Path.GetDirectoryName(Tachost)!, "host");

    /// <summary>Runs a program until its output ends and it is gone.</summary>
    public static async Task<Outcome> RunAsync(string directory, IReadOnlyDictionary<string, string?> environment, string file, params IEnumerable<string> arguments)
    {
        using var process = Start(directory, environment, file, arguments);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Bounded.Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new Outcome(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{file} {string.Join(' ', arguments)}' did not end within {Bounded.Patience}.");
        }
    }

    public static Process Start(string directory, IReadOnlyDictionary<string, string?> environment, string file, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Whether a program is on the PATH.</summary>
    public static bool IsInstalled(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => File.Exists(Path.Combine(directory, name)));

    /// <summary>Looks whether it is fresh as the launcher does.</summary>
    private static string? FindPublished()
    {
        DirectoryInfo link = new(Path.Combine(Root, "artifacts", "program", "current"));
        if (!link.Exists || link.ResolveLinkTarget(returnFinalTarget: true) is not { } current)
            return null;
        using var find = Process.Start(new ProcessStartInfo("find", ["src", "Directory.Build.props", "Directory.Packages.props", "global.json", "-newer", Path.Combine(current.FullName, ".begun"), "-print", "-quit"]) { WorkingDirectory = Root, RedirectStandardOutput = true })!;
        var newer = find.StandardOutput.ReadToEnd();
        find.WaitForExit();
        return find.ExitCode == 0 && newer.Length == 0 ? Path.Combine(current.FullName, "tachost") : null;
    }
}
