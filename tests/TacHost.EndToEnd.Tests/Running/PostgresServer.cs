using System.Diagnostics;

namespace TacHost.EndToEnd.Tests.Running;

/// <summary>A PostgreSQL of its own, reached by a socket in its directory; run as another user by root, because it refuses root.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "nobody";

    private readonly Process _process;

    private PostgresServer(string directory, Process process) => (Directory, _process) = (directory, process);

    /// <summary>Gets the directory of its socket.</summary>
    public string Directory { get; }

    /// <summary>Gets the directory of its programs, or null if it is not installed.</summary>
    public static string? Programs { get; } =
        System.IO.Directory.Exists("/usr/lib/postgresql") ? System.IO.Directory.EnumerateDirectories("/usr/lib/postgresql").Select(path => Path.Combine(path, "bin")).FirstOrDefault(path => File.Exists(Path.Combine(path, "postgres"))) : null;

    public static async Task<PostgresServer> StartAsync(Sandbox sandbox)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("tachost-pg-").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_111_111);
        var data = Path.Combine(directory, "data");
        var made = await sandbox.RunAsync("setpriv", [.. AsOther, Path.Combine(Programs!, "initdb"), "--no-sync", "--auth=trust", "--username=test", "-D", data]);
        Assert.True(made.ExitCode == 0, made.Output + made.Error);
        var process = sandbox.StartProgram("setpriv", [.. AsOther, Path.Combine(Programs!, "postgres"), "-D", data, "-k", directory, "-c", "listen_addresses=", "-c", "fsync=off"]);
        await Until.TrueAsync(() => process.HasExited || File.Exists(Path.Combine(directory, ".s.PGSQL.5432")), "the socket of PostgreSQL");
        return new PostgresServer(directory, process);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => !File.Exists(Path.Combine(Directory, "data/postmaster.pid")) || !IsAlive(), "the end of PostgreSQL");
        System.IO.Directory.Delete(Directory, recursive: true);

        bool IsAlive() => int.TryParse(File.ReadLines(Path.Combine(Directory, "data/postmaster.pid")).First(), out var id) && Until.IsAlive(id);
    }

    private static string[] AsOther => Environment.UserName == "root" ? [$"--reuid={User}", "--regid=nogroup", "--clear-groups"] : ["--"];
}
