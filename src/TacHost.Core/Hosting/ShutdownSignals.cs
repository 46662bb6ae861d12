using System.Runtime.InteropServices;

namespace TacHost.Hosting;

/// <summary>SIGINT and SIGTERM as two events: a request to stop, and when it is repeated, a request to stop waiting.</summary>
/// <remarks>
/// One stopper often signals twice: <c>timeout</c> signals the child and its group, and a wrapper passes on the Ctrl-C that the terminal has sent to both.
/// So all signals within a second of the first are one request.
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

    /// <param name="onSignal">Called with the name of the signal and whether it is a repeated one, before the tokens are cancelled.</param>
    /// <param name="clock">Measures the time between two signals.</param>
    public ShutdownSignals(Action<string, bool> onSignal, TimeProvider? clock = null)
    {
        (_onSignal, _clock) = (onSignal, clock ?? TimeProvider.System);
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)];
    }

    /// <summary>The name of the signal that came first, or null.</summary>
    public string? First { get; private set; }

    /// <summary>The number of the signal that came first, or 0.</summary>
    public int FirstNumber => First switch
    {
        null => 0,
        "SIGINT" => Interrupt,
        _ => Terminate,
    };

    /// <summary>What a process that the first signal kept from its work exits with, as shells have it.</summary>
    public int ExitCode => TacHost.ExitCode.Signalled + FirstNumber;

    /// <summary>Cancelled at the first signal.</summary>
    public CancellationToken Requested => _requested.Token;

    /// <summary>Cancelled at the next one, if it comes more than a second after the first.</summary>
    public CancellationToken Repeated => _repeated.Token;

    /// <summary>Ignores all signals from now on. They stay registered, because the process is about to end with an exit code of its own, and not by a signal.</summary>
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

    /// <summary>Acts on a signal.</summary>
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
