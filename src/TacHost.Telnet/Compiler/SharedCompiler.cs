using TacHost.Services;
using TacHost.Services.Prompts;

namespace TacHost.Telnet.Compiler;

/// <summary>The compiler of all sessions: a child process from the first log-in until the last session has ended.</summary>
internal sealed class SharedCompiler(int longestOutput, TimeSpan compileLimit)
{
    private readonly Lock _gate = new();
    private CompilerProcess? _process;
    private int _users;
    private int _sessions;

    /// <summary>Gets the process ID of the child, or null if there is none.</summary>
    public int? ProcessId
    {
        get
        {
            lock (_gate)
                return _process is { HasEnded: false } process ? process.Id : null;
        }
    }

    /// <summary>Opens a session, and starts the child so that it is ready for the first line. To be disposed of.</summary>
    public CompilerSession Open(Application? application)
    {
        lock (_gate)
        {
            _users++;
            return new CompilerSession(this, ++_sessions, new PromptSession(() => application, isReadOnly: false, longestOutput, typeof(SharedCompiler).Assembly), longestOutput, compileLimit);
        }
    }

    /// <summary>Returns the child, and starts one if there is none.</summary>
    /// <exception cref="InvalidOperationException">There is no command to start.</exception>
    public CompilerProcess Process()
    {
        lock (_gate)
            return _process is { HasEnded: false } process ? process : _process = new CompilerProcess();
    }

    /// <summary>Ends the use by one session.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_users > 0)
                return;
            _process?.Dispose();
            _process = null;
        }
    }
}
