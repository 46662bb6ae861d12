using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TacHost.Native;

/// <summary>Lets this process read each key of the terminal on standard input, without an echo, until it is disposed of. Ctrl-C is a key, too.</summary>
internal sealed class TerminalMode : IDisposable
{
    private const int StandardInput = 0;
    private const int AfterOutput = 1; // TCSADRAIN
    private const uint CarriageReturnToNewLine = 0x100; // ICRNL
    private const uint FlowControl = 0x400; // IXON
    private const uint Canonical = 0x2; // ICANON
    private const uint Echo = 0x8;
    private const uint Extended = 0x8000; // IEXTEN
    private const int Interrupt = 0; // VINTR
    private const int Quit = 1; // VQUIT
    private const int Least = 6; // VMIN

    private readonly PosixSignalRegistration _terminated;
    private readonly PosixSignalRegistration _continued;
    private TerminalSettings _before;

    /// <param name="onContinued">Called when the process continues after a stop by Ctrl-Z.</param>
    public TerminalMode(Action onContinued)
    {
        _ = LibcDescriptors.GetTerminalSettings(StandardInput, out _before);
        _terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Set(_before));
        _continued = PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ =>
        {
            SetRaw();
            onContinued();
        });
        SetRaw();
    }

    public void Dispose()
    {
        _terminated.Dispose();
        _continued.Dispose();
        Set(_before);
    }

    private void SetRaw()
    {
        var settings = _before;
        settings.Input &= ~(CarriageReturnToNewLine | FlowControl);
        settings.Local &= ~(Canonical | Echo | Extended);
        settings.Characters[Interrupt] = settings.Characters[Quit] = 0;
        (settings.Characters[Least], settings.Characters[Least - 1]) = (1, 0);
        Set(settings);
    }

    private static void Set(TerminalSettings settings) => _ = LibcDescriptors.SetTerminalSettings(StandardInput, AfterOutput, settings);
}

/// <summary>struct termios.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TerminalSettings
{
    public uint Input;
    public uint Output;
    public uint Control;
    public uint Local;
    public byte Discipline;
    public ControlCharacters Characters;
    public uint InputSpeed;
    public uint OutputSpeed;
}

/// <summary>The characters with an effect, by their index.</summary>
[InlineArray(32)]
internal struct ControlCharacters
{
    private byte _first;
}
