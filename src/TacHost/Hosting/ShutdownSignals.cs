using System.Runtime.InteropServices;

namespace TacHost.Hosting;

/// <summary>SIGINT and SIGTERM as two events: a request to stop, and when it is repeated, a request to stop waiting.</summary>
internal sealed class ShutdownSignals : IDisposable
{
    private const int Interrupt = 2;
    private const int Terminate = 15;

    private readonly CancellationTokenSource _requested = new();
    private readonly CancellationTokenSource _repeated = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Action<string, bool> _onSignal;
    private int _count;

    /// <param name="onSignal">Called with the name of the signal and whether it is a repeated one, before the tokens are cancelled.</param>
    public ShutdownSignals(Action<string, bool> onSignal)
    {
        _onSignal = onSignal;
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

    /// <summary>Cancelled at the second.</summary>
    public CancellationToken Repeated => _repeated.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _requested.Dispose();
        _repeated.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        var isRepeated = Interlocked.Increment(ref _count) > 1;
        var name = context.Signal.ToString();
        if (!isRepeated)
            First = name;
        _onSignal(name, isRepeated);
        (isRepeated ? _repeated : _requested).Cancel();
    }
}
