namespace TacHost.Telnet.Compiler;

/// <summary>One session's use of the compiler.</summary>
internal sealed class CompilerSession(Func<string, TimeSpan, Action, CancellationToken, Task<string>> evaluate, Func<string, string[]> complete, Action close) : IDisposable
{
    private Action? _close = close;
    private Func<string, TimeSpan, Action, CancellationToken, Task<string>>? _evaluate = evaluate;
    private Func<string, string[]>? _complete = complete;

    /// <summary>Compiles and runs a line, and tells what it shows.</summary>
    public Task<string> EvaluateAsync(string line, TimeSpan limit, Action ended, CancellationToken cancellationToken) => _evaluate!(line, limit, ended, cancellationToken);

    /// <summary>The names that may stand at the end of a line that has been begun.</summary>
    public string[] Complete(string line) => _complete!(line);

    public void Dispose()
    {
        (_evaluate, _complete) = (null, null);
        Interlocked.Exchange(ref _close, null)?.Invoke();
    }
}
