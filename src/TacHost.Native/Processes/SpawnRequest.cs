using System.Runtime.InteropServices;

namespace TacHost.Native;

/// <summary>A program to start with posix_spawn(3), with default signals and an empty signal mask.</summary>
/// <remarks>The methods that add a file action are carried out in the new process, in the order of the calls. The first error is returned by <see cref="Start"/>.</remarks>
internal sealed unsafe class SpawnRequest : IDisposable
{
    private const int OpaqueSize = 1024; // more than any C library's posix_spawn types take
    private const short SetDefaultSignals = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;

    private readonly byte* _actions = (byte*)NativeMemory.AllocZeroed(OpaqueSize);
    private int _error;

    public SpawnRequest() => _error = LibcProcesses.FileActionsInit(_actions);

    /// <summary>Gets or sets whether the process leads a session of its own, without a terminal.</summary>
    public bool NewSession { get; init; } = true;

    public void Open(int descriptor, string path, OpenFlags flags) => Note(LibcProcesses.FileActionsAddOpen(_actions, descriptor, path, flags, 0));

    /// <summary>Duplicates a descriptor to a number. A descriptor duplicated onto itself is kept open (POSIX.1-2024, posix_spawn_file_actions_adddup2).</summary>
    public void Duplicate(int descriptor, int target) => Note(LibcProcesses.FileActionsAddDup2(_actions, descriptor, target));

    public void ChangeDirectory(string path) => Note(LibcProcesses.FileActionsAddChdir(_actions, path));

    /// <summary>Closes all descriptors from a number on, if the C library supports it. Descriptors that the runtime opens are not inheritable.</summary>
    public void CloseFrom(int first)
    {
        try
        {
            Note(LibcProcesses.FileActionsAddCloseFrom(_actions, first));
        }
        catch (EntryPointNotFoundException)
        {
            // Only descriptors that this process inherited stay open.
        }
    }

    /// <summary>Starts the program.</summary>
    /// <param name="program">The program. A name without a slash is searched in PATH.</param>
    /// <param name="arguments">The arguments, starting with argument 0.</param>
    /// <param name="environment">The environment, as <c>NAME=value</c>.</param>
    /// <param name="process">The process ID.</param>
    /// <returns>0, or an error number.</returns>
    public int Start(string program, IReadOnlyCollection<string> arguments, IReadOnlyCollection<string> environment, out int process)
    {
        process = 0;
        using CStrings argv = new(arguments), envp = new(environment);
        byte* attributes = stackalloc byte[OpaqueSize], signals = stackalloc byte[OpaqueSize];
        Note(LibcProcesses.SpawnAttrInit(attributes));
        try
        {
            Note(LibcProcesses.SigFillSet(signals));
            Note(LibcProcesses.SpawnAttrSetSigDefault(attributes, signals));
            Note(LibcProcesses.SigEmptySet(signals));
            Note(LibcProcesses.SpawnAttrSetSigMask(attributes, signals));
            Note(LibcProcesses.SpawnAttrSetFlags(attributes, (short)((NewSession ? SetSession : 0) | SetDefaultSignals | SetSignalMask)));
            return _error != 0 ? _error : LibcProcesses.PosixSpawnP(out process, program, _actions, attributes, argv.Pointer, envp.Pointer);
        }
        finally
        {
            _ = LibcProcesses.SpawnAttrDestroy(attributes);
        }
    }

    public void Dispose()
    {
        _ = LibcProcesses.FileActionsDestroy(_actions);
        NativeMemory.Free(_actions);
    }

    private void Note(int error)
    {
        if (_error == 0)
            _error = error;
    }
}
