using System.Runtime.InteropServices;

namespace TacHost.Hosting;

/// <summary>The signals that do not stop the process: acted on, or ignored where they would end it.</summary>
/// <remarks>SIGPIPE is ignored by .NET itself.</remarks>
internal sealed class OtherSignals : IDisposable
{
    private const PosixSignal User1 = (PosixSignal)10;
    private const PosixSignal User2 = (PosixSignal)12;

    private readonly PosixSignalRegistration[] _registrations;

    /// <param name="onHangUp">SIGHUP.</param>
    /// <param name="onUser1">SIGUSR1.</param>
    public OtherSignals(Action onHangUp, Action onUser1) =>
        _registrations =
        [
            Register(PosixSignal.SIGHUP, onHangUp),
            Register(User1, onUser1),
            Register(User2, () => { }),
            Register(PosixSignal.SIGTTIN, () => { }),
            Register(PosixSignal.SIGTTOU, () => { }),
        ];

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }

    private static PosixSignalRegistration Register(PosixSignal signal, Action act) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        act();
    });
}
