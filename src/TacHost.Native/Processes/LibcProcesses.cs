using System.Runtime.InteropServices;

namespace TacHost.Native;

/// <summary>The functions to start, signal and await processes. posix_spawn and its kind return the error.</summary>
internal static unsafe partial class LibcProcesses
{
    [LibraryImport(Libc.Library, EntryPoint = "kill", SetLastError = true)]
    public static partial int SendSignal(int process, int signal);

    [LibraryImport(Libc.Library, EntryPoint = "waitpid", SetLastError = true)]
    public static partial int WaitForProcess(int process, out int status, int options);

    [LibraryImport(Libc.Library, EntryPoint = "posix_spawnp", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SpawnFromPath(out int process, string file, void* fileActions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport(Libc.Library, EntryPoint = "posix_spawnattr_init")]
    public static partial int InitializeSpawnAttributes(void* attributes);

    [LibraryImport(Libc.Library, EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SetSpawnFlags(void* attributes, short flags);

    [LibraryImport(Libc.Library, EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SetSpawnDefaultSignals(void* attributes, void* signals);

    [LibraryImport(Libc.Library, EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int SetSpawnSignalMask(void* attributes, void* signals);

    [LibraryImport(Libc.Library, EntryPoint = "posix_spawnattr_destroy")]
    public static partial int DestroySpawnAttributes(void* attributes);

    [LibraryImport(Libc.Library, EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int InitializeFileActions(void* actions);

    [LibraryImport(Libc.Library, EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int AddOpen(void* actions, int descriptor, string path, OpenFlags flags, uint mode);

    [LibraryImport(Libc.Library, EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int AddDuplicate(void* actions, int descriptor, int target);

    [LibraryImport(Libc.Library, EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    public static partial int AddCloseFrom(void* actions, int first);

    [LibraryImport(Libc.Library, EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int AddChangeDirectory(void* actions, string path);

    [LibraryImport(Libc.Library, EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int DestroyFileActions(void* actions);

    [LibraryImport(Libc.Library, EntryPoint = "sigfillset")]
    public static partial int FillSignalSet(void* signals);

    [LibraryImport(Libc.Library, EntryPoint = "sigemptyset")]
    public static partial int EmptySignalSet(void* signals);
}
