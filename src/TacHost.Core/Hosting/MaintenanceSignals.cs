using System.Runtime.InteropServices;

namespace TacHost.Hosting;

/// <summary>The signals that do not stop the process: acted on while it serves, ignored before and after.</summary>
/// <remarks>Registered for the whole life of the process, so that these signals never end it. .NET itself ignores SIGPIPE.</remarks>
internal sealed class MaintenanceSignals
{
    private const PosixSignal User1 = (PosixSignal)10;
    private const PosixSignal User2 = (PosixSignal)12;

    private readonly PosixSignalRegistration[] _registrations;
    private volatile Action? _onHangUp;
    private volatile Action? _onUser1;
    private volatile Action? _onUser2;

    public MaintenanceSignals() =>
        _registrations =
        [
            Register(PosixSignal.SIGHUP, () => _onHangUp),
            Register(User1, () => _onUser1),
            Register(User2, () => _onUser2),
            Register(PosixSignal.SIGTTIN, () => null),
            Register(PosixSignal.SIGTTOU, () => null),
        ];

    /// <summary>Acts on SIGHUP, SIGUSR1 and SIGUSR2 from now on.</summary>
    public void Enable(Action onHangUp, Action onUser1, Action onUser2) => (_onHangUp, _onUser1, _onUser2) = (onHangUp, onUser1, onUser2);

    /// <summary>Ignores them again.</summary>
    public void Disable() => (_onHangUp, _onUser1, _onUser2) = (null, null, null);

    private static PosixSignalRegistration Register(PosixSignal signal, Func<Action?> action) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        action()?.Invoke();
    });
}
