using System.Diagnostics;

namespace TacHost.Daemon;

/// <summary>The host's program as a process that reads the stacks of another process (ADR 50). It waits until the other process permits that.</summary>
internal sealed class StacksProcess : IDisposable
{
    /// <summary>The hidden first word of the command line. The process ID follows.</summary>
    public const string Word = "--stacks";

    private readonly Process _process;

    private StacksProcess(Process process) => _process = process;

    public int Id => _process.Id;

    /// <summary>Starts the process.</summary>
    /// <param name="target">The ID of the process whose stacks it reads.</param>
    /// <exception cref="TacHostException">The program cannot be started.</exception>
    public static StacksProcess Start(int target)
    {
        var (path, words) = HostExecution.HostProgram();
        ProcessStartInfo start = new(path, [.. words[1..], Word, target.ToString(System.Globalization.CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return new StacksProcess(Process.Start(start)!);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            throw new TacHostException(ExitCode.OperatingSystem, $"cannot start '{path}': {e.Message}.", e);
        }
    }

    /// <summary>Lets the process read, and returns its output.</summary>
    /// <exception cref="TacHostException">The stacks cannot be read.</exception>
    public string Read()
    {
        _process.StandardInput.Close();
        var error = _process.StandardError.ReadToEndAsync();
        var output = _process.StandardOutput.ReadToEnd();
        _process.WaitForExit();
        return _process.ExitCode == ExitCode.Success ? output : throw new TacHostException(_process.ExitCode, error.GetAwaiter().GetResult().TrimEnd());
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
