using System.Runtime.InteropServices;

namespace TacHost.Hosting;

/// <summary>The handler of SIGINT and SIGTERM. The first signal requests a stop, and a repeated one ends the wait for it.</summary>
/// <remarks>
/// A single stop request often causes two signals. For example, <c>timeout</c> signals the child and its group, and a wrapper may
/// forward the Ctrl-C that the terminal has sent to both. Therefore all signals within a second of the first count as one request.
/// </remarks>
internal sealed class ShutdownSignals : IDisposable
{
    private const int Interrupt = 2;
    private const int Terminate = 15;

    private static readonly TimeSpan _sameRequest = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _requested = new();
    private readonly CancellationTokenSource _repeated = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Action<string, bool> _onSignal;
    private readonly Lock _gate = new();
    private long _firstAt;
    private bool _isOver;

    /// <param name="onSignal">Called with the name of the signal and whether it is repeated, before the tokens are cancelled.</param>
    /// <param name="clock">The clock for the time between two signals.</param>
    public ShutdownSignals(Action<string, bool> onSignal, TimeProvider? clock = null)
    {
        (_onSignal, _clock) = (onSignal, clock ?? TimeProvider.System);
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)];
    }

    /// <summary>Gets the name of the first signal, or null.</summary>
    public string? First { get; private set; }

    /// <summary>Gets the number of the first signal, or 0.</summary>
    public int FirstNumber => First switch
    {
        null => 0,
        "SIGINT" => Interrupt,
        _ => Terminate,
    };

    /// <summary>Gets the exit code of a process interrupted by the first signal, as in shells: 128 plus the number of the signal.</summary>
    public int ExitCode => TacHost.ExitCode.Signalled + FirstNumber;

    /// <summary>Gets a token that is cancelled by the first signal.</summary>
    public CancellationToken Requested => _requested.Token;

    /// <summary>Gets a token that is cancelled by a further signal more than a second after the first.</summary>
    public CancellationToken Repeated => _repeated.Token;

    /// <summary>Ignores all further signals. They stay registered, because the process must end with its own exit code instead of a signal.</summary>
    public void Dispose()
    {
        lock (_gate)
            _isOver = true;
        GC.KeepAlive(_registrations);
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        Receive(context.Signal.ToString());
    }

    internal void Receive(string name)
    {
        bool isRepeated;
        lock (_gate)
        {
            if (_isOver)
                return;
            isRepeated = First is not null;
            if (isRepeated && _clock.GetElapsedTime(_firstAt) < _sameRequest)
                return;
            if (!isRepeated)
                (First, _firstAt) = (name, _clock.GetTimestamp());
        }

        _onSignal(name, isRepeated);
        (isRepeated ? _repeated : _requested).Cancel();
    }
}
