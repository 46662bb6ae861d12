using System.Text.Json;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>The deployments in <c>deployments/examples</c> with NuGet packages, each started and used with a real server.</summary>
public sealed class PackagedExamplesTests
{
    [Fact]
    public async Task Check_OfAll_FindsNothing()
    {
        await using var sandbox = Example.WithPackages();
        string[] tacs = [.. Example.Files(withPackages: true).Select(file => Example.Copy(sandbox, Path.GetFileName(file)))];
        var restored = await sandbox.TachostAsync(["restore", .. tacs]);
        Example.SkipWithoutPackages(restored);
        Assert.Equal(new Outcome(0, string.Concat(tacs.Select(tac => $"{tac}: nothing found\n")), ""), await sandbox.TachostAsync(["--locked", "check", .. tacs]));
        Assert.NotEmpty(tacs);
    }

    [Fact]
    public async Task Postgres_WithAPool_NumbersPipelinedLinesInOrder()
    {
        Assert.SkipWhen(PostgresServer.Programs is null, "PostgreSQL is not installed");
        await using var sandbox = Example.WithPackages();
        var tac = await Example.RestoreOrSkipAsync(sandbox, "postgres.csx");
        await using var server = await PostgresServer.StartAsync(sandbox);
        await sandbox.StartDaemonAsync(tac, "--database", $"Host={server.Directory};Username=test;Database=postgres");
        using var client = await Example.ConnectAsync(sandbox.Port());
        var (reader, writer) = Example.Lines(client.GetStream());
        await writer.WriteAsync("roses\nviolets\n");
        Assert.Equal("1: roses", await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Soon());
        Assert.Equal("2: violets", await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Soon());
        await Example.StopAsync(sandbox);
    }

    [Fact]
    public async Task Sqlite_AfterARestart_CountsOn()
    {
        await using var sandbox = Example.WithPackages();
        var tac = await Example.RestoreOrSkipAsync(sandbox, "sqlite.csx");
        for (var visit = 1; visit < 3; visit++)
        {
            await sandbox.StartDaemonAsync(tac);
            using var client = await Example.ConnectAsync(sandbox.Port(visit - 1));
            var (reader, writer) = Example.Lines(client.GetStream());
            await writer.WriteAsync("moon\n");
            Assert.Equal($"visit {visit} of moon", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
            await Example.StopAsync(sandbox);
        }
    }

    [Fact]
    public async Task Redis_WithOneConnection_CountsForAllClients()
    {
        Assert.SkipUnless(Program.IsInstalled("redis-server"), "redis-server is not installed");
        await using var sandbox = Example.WithPackages();
        var tac = await Example.RestoreOrSkipAsync(sandbox, "redis.csx");
        var socket = sandbox.PathOf("redis.sock");
        using var server = sandbox.StartProgram("redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", sandbox.Directory);
        await Until.TrueAsync(() => server.HasExited || File.Exists(socket), "the socket of Redis");
        await sandbox.StartDaemonAsync(tac, "--redis", "!" + socket);
        foreach (var answer in (string[])["poems = 1", "poems = 2"])
        {
            using var client = await Example.ConnectAsync(sandbox.Port());
            var (reader, writer) = Example.Lines(client.GetStream());
            await writer.WriteAsync("poems\n");
            Assert.Equal(answer, await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Soon());
        }

        await Example.StopAsync(sandbox);
    }

    [Fact]
    public async Task Serilog_WithALoggerConfigurationOfItsOwn_LogsBesideTheHost()
    {
        await using var sandbox = Example.WithPackages();
        var tac = await Example.RestoreOrSkipAsync(sandbox, "serilog.csx");
        await sandbox.StartDaemonAsync(tac);
        using (var client = await Example.ConnectAsync(sandbox.Port()))
        {
            var (reader, writer) = Example.Lines(client.GetStream());
            Assert.Equal("What is your name?", await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Soon());
            await writer.WriteAsync("Sappho\n");
            Assert.Equal("Hello, Sappho.", await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Soon());
        }

        await Example.StopAsync(sandbox);
        Assert.Contains("] Sappho says hello\n", sandbox.Log, StringComparison.Ordinal);
        var events = await File.ReadAllLinesAsync(Assert.Single(Directory.GetFiles(sandbox.Directory, "events-*.json")), TestContext.Current.CancellationToken);
        using var hello = JsonDocument.Parse(Assert.Single(events, line => line.Contains("{Name} says hello", StringComparison.Ordinal)));
        Assert.Equal(("Sappho", Environment.MachineName), (Property(hello, "Name"), Property(hello, "Machine")));
        Assert.Contains(events, line => line.Contains("Server Shut Down.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Scheduler_EachSecond_RunsBothJobs()
    {
        await using var sandbox = Example.WithPackages();
        var tac = await Example.RestoreOrSkipAsync(sandbox, "scheduler.csx");
        await sandbox.StartDaemonAsync(tac, "--cron", "* * * * * *", "--interval", "1s");
        await Until.TrueAsync(() => sandbox.Log.Split("cleanup runs").Length > 2, "two cleanups");
        await sandbox.LoggedAsync("backup is due at ");
        await sandbox.LoggedAsync("backup runs");
        await Example.StopAsync(sandbox);
    }

    [Fact]
    public async Task Scheduler_JobInThreeMonths_IsWaitedFor()
    {
        await using var sandbox = Example.WithPackages();
        var tac = await Example.RestoreOrSkipAsync(sandbox, "scheduler.csx");
        var day = TimeProvider.System.GetLocalNow().AddDays(100);
        await sandbox.StartDaemonAsync(tac, "--cron", $"0 0 {day.Day} {day.Month} *");
        await sandbox.LoggedAsync("backup is due at ");
        await Example.StopAsync(sandbox);
        Assert.Contains("Received SIGTERM, shutting down.", sandbox.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("ArgumentOutOfRange", sandbox.Log, StringComparison.Ordinal);
    }

    private static string? Property(JsonDocument logEvent, string name) => logEvent.RootElement.GetProperty("Properties").GetProperty(name).GetString();
}
