namespace TacHost.TestSupport.Running;

/// <summary>
/// The run of one test project. The temporary files of its tests, and of the programs they start, are below a directory of its own, and these programs carry a mark in their environment.
/// When the last test has ended, no file, no process and no listening socket may be left.
/// </summary>
public sealed class TestRun : IAsyncDisposable
{
    private const string SharedName = "shared";

    private readonly string _directory = Directory.CreateTempSubdirectory("tachost-tests-").FullName;
    private readonly Caretaker _caretaker;
    private readonly MarkedProcesses _started;

    public TestRun()
    {
        // Programs of other users have their directories below it.
        File.SetUnixFileMode(_directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        IgnoredSignals.Reset();
        _started = new MarkedProcesses(_directory);
        _caretaker = Caretaker.Start(_directory, _started.Mark);
        Environment.SetEnvironmentVariable(MarkedProcesses.Variable, _directory);
        Environment.SetEnvironmentVariable("TMPDIR", _directory);
        Shared = Directory.CreateDirectory(Path.Combine(_directory, SharedName)).FullName;
        Environment.SetEnvironmentVariable("TACHOST_CACHE", Path.Combine(Shared, "default-cache"));
    }

    /// <summary>Gets a directory for what tests share. It is deleted at the end of the run.</summary>
    public static string Shared { get; private set; } = "";

    public async ValueTask DisposeAsync()
    {
        List<string> left = [];
        try
        {
            await Until.TrueAsync(() => (left = [.. Left()]).Count == 0, "the last processes to go", TimeSpan.FromSeconds(10));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"The tests have left behind:\n  {string.Join("\n  ", left)}");
        }
        finally
        {
            _caretaker.Finish();
        }
    }

    private IEnumerable<string> Left()
    {
        foreach (var process in _started.Find())
            yield return $"process {process}";
        foreach (var listener in OwnListeners.Find())
            yield return $"listening socket {listener}";
        foreach (var file in Directory.EnumerateFileSystemEntries(_directory).Where(path => !IsOfTheRuntime(Path.GetFileName(path)) && Path.GetFileName(path) != SharedName))
            yield return TemporaryDirectory.OwnerOf(file) is { } owner ? $"directory {file} of {owner}" : $"file {file}";
    }

    /// <summary>Sockets for debuggers, which .NET leaves if it is killed.</summary>
    private static bool IsOfTheRuntime(string name) => name.StartsWith("dotnet-diagnostic-", StringComparison.Ordinal) || name.StartsWith("clr-debug-pipe-", StringComparison.Ordinal) || name == ".dotnet";
}
