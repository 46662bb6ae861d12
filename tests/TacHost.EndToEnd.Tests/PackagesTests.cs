using System.Text.Json;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>NuGet packages in tac files, from a feed that each test makes.</summary>
public sealed class PackagesTests
{
    private const string End = "\nvar application = new Application(\"x\");";

    private static string Host => Program.HostDirectory;

    [Fact]
    public async Task Package_WithItsDependencies_IsRestoredOnceAndLocked()
    {
        await using var sandbox = Sandbox();
        PackageFeed.Add(sandbox, "Low", "1.0.0", "public static class Low { public static string Text => \"low 1\"; }");
        PackageFeed.Add(sandbox, "Low", "2.0.0", "public static class Low { public static string Text => \"low 2\"; }");
        PackageFeed.Add(sandbox, "High", "1.2.3", "public static class High { public static string Text => \"high on \" + Low.Text; }", ("Low", "1.0.0"));
        sandbox.Write("x.csx", "#r \"nuget: High, 1.2.3\"\nConsole.WriteLine($\"got {High.Text}\");" + End);
        Assert.Equal("got high on low 1", await OutputAsync(sandbox));

        using var locked = JsonDocument.Parse(await File.ReadAllTextAsync(sandbox.PathOf("x.csx.lock.json"), TestContext.Current.CancellationToken));
        Assert.Equal(["High 1.2.3", "Low 1.0.0"], locked.RootElement.GetProperty("packages").EnumerateArray().Select(each => $"{each.GetProperty("id").GetString()} {each.GetProperty("version").GetString()}"));

        // From the cache and the lock file, without the feed.
        Directory.Delete(sandbox.PathOf("feed"), recursive: true);
        Assert.Equal("got high on low 1", await OutputAsync(sandbox, "--locked"));
    }

    [Fact]
    public async Task Package_WithANativePart_HasIt()
    {
        await using var sandbox = Sandbox();
        var rid = $"linux-{System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        PackageFeed.Add(
            sandbox, "Native", "1.0.0", "public static class Caller { [System.Runtime.InteropServices.DllImport(\"tacnative\", EntryPoint = \"SystemNative_GetPid\")] public static extern int Id(); }",
            files: [($"runtimes/{rid}/native/libtacnative.so", Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "libSystem.Native.so"))]);
        sandbox.Write("x.csx", "#r \"nuget: Native, 1.0.0\"\nConsole.WriteLine($\"got {Caller.Id() == Environment.ProcessId}\");" + End);

        Assert.Equal("got True", await OutputAsync(sandbox));
    }

    [Fact]
    public async Task Package_FromASourceOfTheTac_IsFound()
    {
        await using var sandbox = Sandbox();
        PackageFeed.Add(sandbox, "Low", "1.0.0", "public static class Low { public static string Text => \"low\"; }");
        Directory.Move(sandbox.PathOf("feed"), sandbox.PathOf("mine"));
        Directory.CreateDirectory(sandbox.PathOf("feed"));
        sandbox.Write("x.csx", "#i \"nuget: mine\"\n#r \"nuget: Low, 1.0.0\"\nConsole.WriteLine($\"got {Low.Text}\");" + End);

        Assert.Equal("got low", await OutputAsync(sandbox));
    }

    [Fact]
    public async Task Package_OfWhatTheHostHas_IsNotTakenTwice()
    {
        await using var sandbox = Sandbox();
        PackageFeed.Add(sandbox, "Microsoft.Extensions.Primitives", "99.0.0", "namespace Microsoft.Extensions.Primitives { public class StringSegment { } }");
        PackageFeed.Add(sandbox, "System.Memory", "99.0.0", "namespace System { public class Memory { } }");
        sandbox.Write("x.csx", "#r \"nuget: Microsoft.Extensions.Primitives, 99.0.0\"\n#r \"nuget: System.Memory, 99.0.0\"\nConsole.WriteLine($\"got {typeof(Microsoft.Extensions.Primitives.StringSegment).IsValueType}\");" + End);

        Assert.Equal("got True", await OutputAsync(sandbox));
    }

    [Fact]
    public async Task Locked_WithoutALockFileThatFits_Fails()
    {
        await using var sandbox = Sandbox();
        PackageFeed.Add(sandbox, "Low", "1.0.0", "public static class Low { }");
        PackageFeed.Add(sandbox, "Low", "2.0.0", "public static class Low { }");
        sandbox.Write("x.csx", "#r \"nuget: Low, 1.0.0\"" + End);
        var without = await sandbox.TachostAsync("restore", "--locked", "x.csx");
        Assert.Equal((65, ""), (without.ExitCode, without.Output));
        Assert.Contains("x.csx.lock.json', and --locked does not create one.", without.Error, StringComparison.Ordinal);

        Assert.Equal(new Outcome(0, "x.csx: Low 1.0.0\n", ""), await sandbox.TachostAsync("restore", "x.csx"));
        var lockFile = await File.ReadAllTextAsync(sandbox.PathOf("x.csx.lock.json"), TestContext.Current.CancellationToken);
        sandbox.Write("x.csx", "#r \"nuget: Low, 2.0.0\"" + End);
        var other = await sandbox.TachostAsync("--locked", "x.csx");
        Assert.Equal(65, other.ExitCode);
        Assert.Contains("does not fit", other.Error, StringComparison.Ordinal);
        Assert.Equal(lockFile, await File.ReadAllTextAsync(sandbox.PathOf("x.csx.lock.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Package_ThatDiffersFromTheLockFile_IsRefused()
    {
        await using var sandbox = Sandbox();
        PackageFeed.Add(sandbox, "Low", "1.0.0", "public static class Low { }");
        sandbox.Write("x.csx", "#r \"nuget: Low, 1.0.0\"" + End);
        Assert.Equal(0, (await sandbox.TachostAsync("restore", "x.csx")).ExitCode);
        var archive = Assert.Single(Directory.GetFiles(sandbox.PathOf("packages-of-user"), "*.nupkg", SearchOption.AllDirectories));
        await File.AppendAllTextAsync(archive, " ", TestContext.Current.CancellationToken);
        var outcome = await sandbox.TachostAsync("x.csx");

        Assert.Equal(65, outcome.ExitCode);
        Assert.Contains($"the package 'Low' 1.0.0 in '{Path.GetDirectoryName(archive)}' is not the one that", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RestoreTo_AFolderBesideTheTac_NeedsNoFeedAfterwards()
    {
        await using var sandbox = Sandbox();
        PackageFeed.Add(sandbox, "Low", "1.0.0", "public static class Low { public static string Text => \"low\"; }");
        sandbox.Write("x.csx", "#r \"nuget: Low, 1.*\"\nConsole.WriteLine($\"got {Low.Text}\");" + End);
        Assert.Equal(new Outcome(0, "x.csx: Low 1.0.0\n", ""), await sandbox.TachostAsync("restore", "--to", "packages", "x.csx"));
        Assert.False(Directory.Exists(sandbox.PathOf("packages-of-user/low")));
        Directory.Delete(sandbox.PathOf("feed"), recursive: true);

        Assert.Equal("got low", await OutputAsync(sandbox));
        Assert.False(Directory.Exists(sandbox.PathOf("packages-of-user/low")));
    }

    /// <summary>Root whose home is of another user, or may not be written: an image has all packages beside the tac.</summary>
    [Theory]
    [InlineData("/proc/self")]
    [InlineData("eve")]
    public async Task PackagesBesideTheTac_NeedNoOtherFolder(string home)
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root needs a folder that no other user can write");
        await using var sandbox = WithLow();
        Assert.Equal(0, (await sandbox.TachostAsync("restore", "--to", "packages", "x.csx")).ExitCode);
        Assert.Equal(0, (await sandbox.RunAsync("sh", "-c", "mkdir -p eve/.nuget/packages; chown -R nobody eve; rm -rf feed packages-of-user")).ExitCode);
        sandbox.Environment["NUGET_PACKAGES"] = "";
        sandbox.Environment["HOME"] = sandbox.PathOf(home);

        Assert.Equal("got low", await OutputAsync(sandbox, "--locked"));
    }

    [Fact]
    public async Task CachedStart_RestoresNothing()
    {
        await using var sandbox = WithLow();
        Assert.Equal("got low", await OutputAsync(sandbox));

        // Any restore would fail at the configuration.
        sandbox.Write("nuget.config", "<broken");
        Assert.Equal("got low", await OutputAsync(sandbox));
        Assert.Contains("the configuration of NuGet cannot be used", (await sandbox.TachostAsync("restore", "x.csx")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Package_OfAProgram_IsRestored()
    {
        await using var sandbox = WithLow();
        sandbox.Write("x.csx", "");
        sandbox.Write("x.cs", "#:package Low@1.0.0\nvar application = new Application(\"x\");\nConsole.WriteLine($\"got {Low.Text}\");\nawait application.RunAsync();");
        using var process = sandbox.Start("-n", "--pidfile=", "x.cs");

        Assert.Equal("got low", await Running.Sandbox.PrintedAsync(process, "got "));
        Assert.True(File.Exists(sandbox.PathOf("x.cs.lock.json")));
    }

    /// <summary>The layout of releases: a link leads to the current one, which has everything beside it.</summary>
    [Fact]
    public async Task Tac_BehindALink_UsesTheFilesBesideItsTarget()
    {
        await using var sandbox = WithLow();
        Directory.CreateDirectory(sandbox.PathOf("release"));
        Directory.CreateDirectory(sandbox.PathOf("bin"));
        foreach (var name in new[] { "x.csx", "nuget.config" })
            File.Move(sandbox.PathOf(name), sandbox.PathOf("release/" + name));
        File.CreateSymbolicLink(sandbox.PathOf("bin/app.csx"), "../release/x.csx");
        Assert.Equal(0, (await sandbox.TachostAsync("restore", "bin/app.csx")).ExitCode);
        Assert.True(File.Exists(sandbox.PathOf("release/x.csx.lock.json")));
        Assert.Equal(0, (await sandbox.TachostAsync("restore", "--to", "release/packages", "bin/app.csx")).ExitCode);
        Directory.Delete(sandbox.PathOf("feed"), recursive: true);
        Directory.Delete(sandbox.PathOf("packages-of-user/low"), recursive: true);
        Assert.Equal("got low", await OutputAsync(sandbox, "--locked", "bin/app.csx"));

        // A lock file beside the link is the one of the link.
        File.Move(sandbox.PathOf("release/x.csx.lock.json"), sandbox.PathOf("bin/app.csx.lock.json"));
        Directory.Move(sandbox.PathOf("release/packages"), sandbox.PathOf("bin/packages"));
        Assert.Equal("got low", await OutputAsync(sandbox, "--locked", "bin/app.csx"));
    }

    [Theory]
    [InlineData("mine/feed")]
    [InlineData("mine\\feed")]
    public async Task Source_OfATacBehindALink_IsBesideItsTarget(string source)
    {
        await using var sandbox = WithLow();
        Directory.CreateDirectory(sandbox.PathOf("release/mine"));
        Directory.CreateDirectory(sandbox.PathOf("bin"));
        Directory.Move(sandbox.PathOf("feed"), sandbox.PathOf("release/mine/feed"));
        Directory.CreateDirectory(sandbox.PathOf("feed"));
        sandbox.Write("release/x.csx", $"#i \"nuget: {source}\"\n{await File.ReadAllTextAsync(sandbox.PathOf("x.csx"), TestContext.Current.CancellationToken)}");
        File.CreateSymbolicLink(sandbox.PathOf("bin/app.csx"), "../release/x.csx");

        Assert.Equal("got low", await OutputAsync(sandbox, "bin/app.csx"));
    }

    [Fact]
    public async Task Package_InAFolderOfRoot_IsLoadedBeforeTheUserChanges()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can change the user");
        await using var sandbox = Sandbox();
        var rid = $"linux-{System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        PackageFeed.Add(
            sandbox, "Low", "1.0.0", "public static class Low { public static string Text => \"low\"; [System.Runtime.InteropServices.DllImport(\"tacnative\", EntryPoint = \"SystemNative_GetPid\")] public static extern int Id(); }",
            files: [($"runtimes/{rid}/native/libtacnative.so", Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "libSystem.Native.so"))]);
        PackageFeed.Add(sandbox, "High", "1.0.0", "public static class High { public static string Text => $\"{Low.Text} {Low.Id() == System.Environment.ProcessId}\"; }", ("Low", "1.0.0"));
        sandbox.Write("x.csx", """
            #r "nuget: High, 1.0.0"
            var application = new Application("x");
            application.AddService(new Late());
            class Late : Service
            {
                protected override Task OnStartAsync(CancellationToken cancellationToken)
                {
                    Logger.LogInformation("got {Text} as {User}", High.Text, Environment.UserName);
                    return Task.CompletedTask;
                }
            }
            """);
        File.SetUnixFileMode(sandbox.Directory, (UnixFileMode)0b111_111_111);
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(sandbox.PathOf("packages-of-user")));
        await sandbox.StartDaemonAsync("--uid", "nobody", "x.csx");

        Assert.Contains("got low True as nobody", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RestoreTo_WithoutTheFeed_TakesThePackagesOfThisMachine()
    {
        await using var sandbox = WithLow();
        Assert.Equal(0, (await sandbox.TachostAsync("restore", "x.csx")).ExitCode);
        sandbox.Write("nuget.config", $"<configuration><packageSources><clear /><add key=\"far\" value=\"https://127.0.0.1:{UnusedPort.Next()}/index.json\" /></packageSources></configuration>");
        Assert.Equal(new Outcome(0, "x.csx: Low 1.0.0\n", ""), await sandbox.TachostAsync("restore", "--to", "packages", "x.csx"));
        File.Delete(sandbox.PathOf("x.csx.lock.json"));
        Assert.Equal(new Outcome(0, "x.csx: Low 1.0.0\n", ""), await sandbox.TachostAsync("restore", "--to", "other", "x.csx"));
        Directory.Delete(sandbox.PathOf("packages-of-user/low"), recursive: true);

        Assert.Equal("got low", await OutputAsync(sandbox, "--locked"));
    }

    [Fact]
    public async Task Restore_OnATerminal_PrintsALine()
    {
        Assert.SkipUnless(Program.IsInstalled("script"), "script(1) is not installed");
        await using var sandbox = WithLow();
        var outcome = await sandbox.RunAsync("script", "-qec", $"'{Program.Tachost}' restore x.csx", "/dev/null");

        Assert.Equal(0, outcome.ExitCode);
        Assert.EndsWith("Restoring packages for x.csx: Low, 1.0.0\r\nx.csx: Low 1.0.0\r\n", outcome.Output.Replace(sandbox.Directory + "/", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    /// <summary>A feed that accepts connections and does not answer.</summary>
    [Fact]
    public async Task Restore_OfADaemon_EndsWithItsSignalAndLeavesNothing()
    {
        await using var sandbox = WithLow();
        using System.Net.Sockets.TcpListener silent = new(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        sandbox.Write("nuget.config", $"<configuration><packageSources><clear /><add key=\"silent\" value=\"http://{silent.LocalEndpoint}/index.json\" allowInsecureConnections=\"true\" /></packageSources></configuration>");
        using var process = sandbox.Start("x.csx");
        using var connection = await silent.AcceptSocketAsync(TestContext.Current.CancellationToken).AsTask().Soon();
        Assert.False(File.Exists(sandbox.PidFile));
        Assert.False(File.Exists(sandbox.PathOf("tachost.log")));
        await sandbox.KillAsync(process.Id);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();
        await Until.TrueAsync(() => !sandbox.Processes().Any(), "the end of the waiting daemon");

        Assert.Equal(["cache", "nuget.config", "packages-of-user", "poem.txt", "x.csx"], Directory.GetFileSystemEntries(sandbox.Directory).Select(Path.GetFileName).Except(["feed", "build", "scratch"]).Order(StringComparer.Ordinal));
    }

    public static TheoryData<string, string> Known => new()
    {
        {
            """
            #r "nuget: Microsoft.Data.Sqlite, 9.0.0"
            #r "nuget: Dapper, 2.1.66"
            using Dapper;
            using Microsoft.Data.Sqlite;
            var connection = new SqliteConnection("Data Source=:memory:");
            connection.Open();
            Console.WriteLine($"got {connection.QuerySingle<int>("select 40 + 2")}");
            """,
            "got 42"
        },
        {
            """
            #r "nuget: CommandLineParser, 2.9.1"
            using CommandLine;
            class Words { [Option("port")] public int Port { get; set; } }
            Console.WriteLine($"got {typeof(Parser).Assembly.GetReferencedAssemblies().First(each => each.Name == "netstandard").Name} {Parser.Default.ParseArguments<Words>(["--port", "7"]).Value.Port}");
            """,
            "got netstandard 7"
        },
        {
            """
            #r "nuget: Humanizer.Core.de, 2.14.1"
            using Humanizer;
            Console.WriteLine($"got {TimeSpan.FromDays(1).Humanize(culture: new("de"))} {TimeSpan.FromDays(1).Humanize(culture: new("en"))}");
            """,
            "got 1 Tag 1 day"
        },
        {
            """
            #r "nuget: Polly.Core, 8.6.4"
            using Polly;
            using Polly.Retry;
            var tries = 0;
            var pipeline = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions { Delay = TimeSpan.Zero }).Build();
            pipeline.Execute(() => { if (++tries < 3) throw new IOException(); });
            Console.WriteLine($"got {tries}");
            """,
            "got 3"
        },
    };

    [Theory]
    [MemberData(nameof(Known))]
    public async Task Package_ThatManyUse_Works(string tac, string said)
    {
        await using var sandbox = Scratch(new());
        sandbox.Write("x.csx", tac + End);
        await RestoreOrSkipAsync(sandbox);

        Assert.Equal(said, await OutputAsync(sandbox, "--locked"));
    }

    [Fact]
    public async Task Npgsql_TalksToPostgreSql()
    {
        Assert.SkipWhen(PostgresServer.Programs is null, "PostgreSQL is not installed");
        await using var sandbox = Scratch(new());
        sandbox.Write("x.csx", """
            #r "nuget: Npgsql, 9.0.3"
            using Npgsql;
            var directory = Option<string>("directory", "where the socket of the database is");
            var application = new Application("x");
            application.AddService(new Journal(directory));
            class Journal(string directory) : Service
            {
                protected override async Task OnStartAsync(CancellationToken cancellationToken)
                {
                    await using var source = NpgsqlDataSource.Create($"Host={directory};Username=test;Database=postgres");
                    await using var create = source.CreateCommand("create table poem (line text)");
                    await create.ExecuteNonQueryAsync(cancellationToken);
                    await using var insert = source.CreateCommand("insert into poem values ($1), ($2)");
                    insert.Parameters.AddWithValue("roses");
                    insert.Parameters.AddWithValue("violets");
                    await using var count = source.CreateCommand("select string_agg(line, '+') from poem");
                    await insert.ExecuteNonQueryAsync(cancellationToken);
                    Console.WriteLine($"got {await count.ExecuteScalarAsync(cancellationToken)}");
                }
            }
            """);
        await RestoreOrSkipAsync(sandbox);
        await using var server = await PostgresServer.StartAsync(sandbox);
        using var process = sandbox.Start("-n", "--pidfile=", "x.csx", "--directory", server.Directory);

        Assert.Equal("got roses+violets", await Running.Sandbox.PrintedAsync(process, "got "));
    }

    /// <summary>Into the folder of the user, where the SDK that runs the tests has put its own.</summary>
    private static async Task RestoreOrSkipAsync(Sandbox sandbox)
    {
        var restored = await sandbox.TachostAsync("restore", "x.csx");
        Example.SkipWithoutPackages(restored);
        Assert.Equal((0, ""), (restored.ExitCode, restored.Error));
    }

    private static Sandbox Sandbox()
    {
        var sandbox = Scratch(new());
        sandbox.Environment["NUGET_PACKAGES"] = Directory.CreateDirectory(sandbox.PathOf("packages-of-user"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        sandbox.Write("nuget.config", $"<configuration><packageSources><clear /><add key=\"feed\" value=\"{sandbox.PathOf("feed")}\" /></packageSources></configuration>");
        return sandbox;
    }

    /// <summary>A tac file that prints what a package says.</summary>
    private static Sandbox WithLow()
    {
        var sandbox = Sandbox();
        PackageFeed.Add(sandbox, "Low", "1.0.0", "public static class Low { public static string Text => \"low\"; }");
        sandbox.Write("x.csx", "#r \"nuget: Low, 1.0.0\"\nConsole.WriteLine($\"got {Low.Text}\");" + End);
        return sandbox;
    }

    /// <summary>NuGet leaves a directory where it works, which is to go with the test.</summary>
    private static Sandbox Scratch(Sandbox sandbox)
    {
        sandbox.Environment["NUGET_SCRATCH"] = sandbox.PathOf("scratch");
        return sandbox;
    }

    private static async Task<string> OutputAsync(Sandbox sandbox, params string[] options)
    {
        string[] file = options.LastOrDefault()?.EndsWith(".csx", StringComparison.Ordinal) == true ? [] : ["x.csx"];
        using var process = sandbox.Start(["-n", "--pidfile=", .. options, .. file]);
        return await Running.Sandbox.PrintedAsync(process, "got ");
    }
}
