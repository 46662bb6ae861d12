using TacHost.Services.Networking;

namespace TacHost.Testing;

/// <summary>The callbacks of a <see cref="MemoryTransport"/>, which run one at a time, on the threads that cause them.</summary>
/// <param name="protocol">The protocol.</param>
/// <param name="gate">The lock of the transport.</param>
/// <param name="isClosing">Returns whether nothing more is received.</param>
/// <param name="fail">Ends the connection after an exception of a callback.</param>
internal sealed class CallbackQueue(Protocol protocol, Lock gate, Func<bool> isClosing, Action<Exception> fail)
{
    private readonly Queue<Action> _urgent = [];
    private readonly Queue<Action> _input = [];
    private bool _isRunning;
    private bool _isPaused;
    private bool _isResumed;

    public bool IsReading => !_isPaused && !isClosing();

    /// <summary>Runs a step that waits until the protocol reads.</summary>
    public void Input(Action step)
    {
        lock (gate)
            _input.Enqueue(step);
        Run();
    }

    /// <summary>Runs a step before all pending input, also while reading is paused.</summary>
    public void Urgent(Action step)
    {
        lock (gate)
            _urgent.Enqueue(step);
        Run();
    }

    public void Pause()
    {
        lock (gate)
            _isPaused = true;
    }

    public void Resume()
    {
        lock (gate)
        {
            if (!_isPaused)
                return;
            (_isPaused, _isResumed) = (false, true);
        }

        Run();
    }

    private void Run()
    {
        lock (gate)
        {
            if (_isRunning)
                return;
            _isRunning = true;
        }

        while (Next() is { } step)
        {
            try
            {
                step();
            }
            catch (Exception e)
            {
                lock (gate)
                    _isRunning = false;
                fail(e);
                throw;
            }
        }
    }

    private Action? Next()
    {
        lock (gate)
        {
            if (_urgent.TryDequeue(out var step))
                return step;
            if (IsReading)
            {
                if (_isResumed)
                {
                    _isResumed = false;
                    return protocol.ReadingResumed;
                }

                if (_input.TryDequeue(out step))
                    return step;
            }

            _isRunning = false;
            return null;
        }
    }
}
