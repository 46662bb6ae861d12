namespace TacHost.Telnet.Compiler;

/// <summary>One session's use of the compiler.</summary>
internal sealed class CompilerSession(Func<string, TimeSpan, Action, CancellationToken, Task<string>> evaluate, Func<string, Action, CancellationToken, Task<string[]>> complete, Action close) : IDisposable
{
    private Action? _close = close;
    private Func<string, TimeSpan, Action, CancellationToken, Task<string>>? _evaluate = evaluate;
    private Func<string, Action, CancellationToken, Task<string[]>>? _complete = complete;

    /// <summary>Compiles and runs a line, and tells what it shows.</summary>
    public Task<string> EvaluateAsync(string line, TimeSpan limit, Action ended, CancellationToken cancellationToken) => _evaluate!(line, limit, ended, cancellationToken);

    /// <summary>The names that may stand at the end of a line that has been begun.</summary>
    public Task<string[]> CompleteAsync(string line, Action ended, CancellationToken cancellationToken) => _complete!(line, ended, cancellationToken);

    public void Dispose()
    {
        (_evaluate, _complete) = (null, null);
        Interlocked.Exchange(ref _close, null)?.Invoke();
    }
}
