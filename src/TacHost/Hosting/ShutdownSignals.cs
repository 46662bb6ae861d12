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
    private int _count;

    /// <param name="onSignal">Called with the name of the signal and whether it is a repeated one, before the tokens are cancelled.</param>
    public ShutdownSignals(Action<string, bool> onSignal)
    {
        _registrations = [Register(PosixSignal.SIGINT, "SIGINT"), Register(PosixSignal.SIGTERM, "SIGTERM")];

        PosixSignalRegistration Register(PosixSignal signal, string name) => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            var isRepeated = Interlocked.Increment(ref _count) > 1;
            First ??= name;
            onSignal(name, isRepeated);
            (isRepeated ? _repeated : _requested).Cancel();
        });
    }

    /// <summary>The name of the signal that came first, or null.</summary>
    public string? First { get; private set; }

    /// <summary>What a process that the first signal kept from its work exits with, as shells have it.</summary>
    public int ExitCode => TacHost.ExitCode.Signalled + (First == "SIGINT" ? Interrupt : Terminate);

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
}
