using System.Diagnostics;

namespace TacHost.Cluster.Tests;

/// <summary>A PostgreSQL of its own, reached by a socket in its directory; run as another user by root, because it refuses root.</summary>
internal sealed class SandboxPostgres : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _directory;

    private SandboxPostgres(string directory, Process process) => (_directory, _process) = (directory, process);

    /// <summary>Gets the connection string.</summary>
    public string Connection => $"Host={_directory};Username=test;Database=postgres";

    /// <summary>Starts a server. Skips the test if none is installed.</summary>
    public static async Task<SandboxPostgres> StartAsync()
    {
        var programs = Directory.Exists("/usr/lib/postgresql") ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(path => Path.Combine(path, "bin")).FirstOrDefault(path => File.Exists(Path.Combine(path, "postgres"))) : null;
        Assert.SkipWhen(programs is null, "PostgreSQL is not installed (postgresql).");
        var directory = Directory.CreateTempSubdirectory("tachost-pg-").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_111_111);
        var data = Path.Combine(directory, "data");
        var (exitCode, text) = await ClusterSandbox.RunAsync("setpriv", [.. AsOther, Path.Combine(programs!, "initdb"), "--no-sync", "--auth=trust", "--username=test", "-D", data]);
        Assert.True(exitCode == 0, text);
        Process process = new() { StartInfo = new ProcessStartInfo("setpriv", [.. AsOther, Path.Combine(programs!, "postgres"), "-D", data, "-k", directory, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "log_min_messages=fatal"]) };
        process.Start();
        await Until.TrueAsync(() => process.HasExited || File.Exists(Path.Combine(directory, ".s.PGSQL.5432")), "the socket of PostgreSQL");
        return new SandboxPostgres(directory, process);
    }

    /// <summary>Sends a signal to all processes of the server.</summary>
    public async Task SignalAsync(string signal)
    {
        var children = (await File.ReadAllTextAsync($"/proc/{_process.Id}/task/{_process.Id}/children")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(0, (await ClusterSandbox.RunAsync("kill", [$"-{signal}", $"{_process.Id}", .. children])).ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        // An immediate shutdown, which ends all processes of the server.
        await ClusterSandbox.RunAsync("kill", ["-CONT", $"{_process.Id}"]);
        await ClusterSandbox.RunAsync("kill", ["-QUIT", $"{_process.Id}"]);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static string[] AsOther => Environment.UserName == "root" ? ["--reuid=nobody", "--regid=nogroup", "--clear-groups"] : ["--"];
}
