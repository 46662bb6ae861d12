using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace TacHost.Testing;

/// <summary>Evaluates tac files for tests, without starting their services.</summary>
public static class TacFile
{
    /// <summary>The environment variable with the path of <c>tachost</c>, if it is not on the PATH.</summary>
    public const string ProgramVariable = "TACHOST_PROGRAM";

    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web);

    /// <summary>Compiles and evaluates a tac file with <c>tachost tree FILE --json</c>, in a process of its own, and returns its tree.</summary>
    /// <param name="path">The tac file. Its relative paths are resolved against the working directory, as for <c>tachost</c>.</param>
    /// <param name="arguments">Parameters of the tac file, such as <c>--port 0</c>.</param>
    /// <param name="cancellationToken">Ends the process.</param>
    /// <returns>The application at the root of the tree.</returns>
    /// <exception cref="InvalidOperationException">The tac file cannot be compiled or evaluated, or <c>tachost</c> was not found. The message contains the output of <c>tachost</c>.</exception>
    public static async Task<TacService> LoadAsync(string path, IEnumerable<string>? arguments = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var program = Environment.GetEnvironmentVariable(ProgramVariable) ?? "tachost";
        ProcessStartInfo start = new(program, ["tree", path, .. arguments ?? [], "--json"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Start(start);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"'{path}' has no tree, because tachost exited with {process.ExitCode}: {(await error).Trim()}");
            return JsonSerializer.Deserialize<TacService>(await output, _options)!;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"Cannot run '{start.FileName}': {e.Message}. Install tachost, or set {ProgramVariable} to its path.", e);
        }
    }
}
