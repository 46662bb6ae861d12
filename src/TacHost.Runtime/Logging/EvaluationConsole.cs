using TacHost.Native;

namespace TacHost.Logging;

/// <summary>The console of code that a command only evaluates. Its output goes to standard error, because standard output contains the output of the command.</summary>
/// <remarks>A stream that takes nothing neither throws in that code nor blocks it.</remarks>
internal sealed class EvaluationConsole : IDisposable
{
    private readonly QueuedOutput _error = new(StandardStreams.Raw(2));

    /// <summary>Redirects the console for the rest of the process.</summary>
    public EvaluationConsole()
    {
        QueuedWriter writer = new(_error);
        Console.SetOut(writer);
        Console.SetError(writer);
    }

    /// <summary>Waits until the output has been written, but not for a blocked reader.</summary>
    public void Dispose() => _error.Dispose();
}
