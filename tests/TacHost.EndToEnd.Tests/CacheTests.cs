using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>The cache of compiled tac files, seen from outside: whether the compiler was needed shows in the entries that were written.</summary>
public sealed class CacheTests
{
    private const string CompilerLibrary = "Microsoft.CodeAnalysis";

    [Fact]
    public async Task Start_AfterTheFirst_LoadsNoCompiler()
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac();
        await StartAndStop(sandbox);
        using var process = await StartInForeground(sandbox);

        Assert.DoesNotContain(CompilerLibrary, Maps(process.Id), StringComparison.Ordinal);
        Assert.Contains("TacHost.Services.dll", Maps(process.Id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OfANewTac_LeavesNoCompilerInTheRunningProcess()
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac();
        var id = await sandbox.StartDaemonAsync("poem.csx");
        Assert.DoesNotContain(CompilerLibrary, Maps(id), StringComparison.Ordinal);
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);

        sandbox.WriteTac(extra: "// another");
        using var process = await StartInForeground(sandbox);
        Assert.Equal(2, Entries(sandbox).Count);
        Assert.DoesNotContain(CompilerLibrary, Maps(process.Id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_Unchanged_CompilesOnce()
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac();
        await StartAndStop(sandbox);
        var entry = Assert.Single(Entries(sandbox));
        var written = File.GetLastWriteTimeUtc(entry);
        await StartAndStop(sandbox);

        Assert.Equal(entry, Assert.Single(Entries(sandbox)));
        Assert.Equal(written, File.GetLastWriteTimeUtc(entry));
    }

    [Fact]
    public async Task Start_AfterAnEditOfTheTac_RunsTheNewOne()
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac(poem: "poem.txt");
        await StartAndStop(sandbox);
        sandbox.Write("other.txt", "other");
        sandbox.WriteTac(poem: "other.txt");
        await sandbox.StartDaemonAsync("poem.csx");

        Assert.Equal("other"u8.ToArray(), await sandbox.FetchAsync(sandbox.Port(listener: 1)));
    }

    [Fact]
    public async Task Start_AfterAnEditOfALoadedFile_RunsTheNewOne()
    {
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("sub"));
        sandbox.Write("sub/inner.csx", "var message = \"first\";");
        sandbox.Write("sub/outer.csx", "#load \"inner.csx\"\nvar outer = message;");
        sandbox.Write("loads.csx", """
            #load "sub/outer.csx"
            class Teller(string text) : Service
            {
                protected override Task OnStartAsync(CancellationToken cancellationToken)
                {
                    Logger.LogInformation("it says {Text}", text);
                    return Task.CompletedTask;
                }
            }
            var application = new Teller(outer);
            """);
        await StartAndStop(sandbox, "loads.csx");
        Assert.Contains("[loads/Teller] it says first\n", sandbox.Log, StringComparison.Ordinal);

        sandbox.Write("sub/inner.csx", "var message = \"second\";");
        await StartAndStop(sandbox, "loads.csx");
        Assert.Contains("[loads/Teller] it says second\n", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_AfterAnEditOfAReferencedAssembly_RunsTheNewOne()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("says.csx", """
            #r "Says.dll"
            class Teller : Service
            {
                protected override Task OnStartAsync(CancellationToken cancellationToken)
                {
                    Logger.LogInformation("it says {Text}", Says.Word);
                    return Task.CompletedTask;
                }
            }
            var application = new Teller();
            """);
        PluginAssembly.Compile(sandbox.PathOf("lib/Says.dll"), "public static class Says { public const string Word = \"first\"; }", Program.HostDirectory);
        await StartAndStop(sandbox, "says.csx");
        Assert.Contains("it says first\n", sandbox.Log, StringComparison.Ordinal);

        // A constant is compiled into the script, so only a new compilation sees the new one.
        PluginAssembly.Compile(sandbox.PathOf("lib/Says.dll"), "public static class Says { public const string Word = \"second\"; }", Program.HostDirectory);
        await StartAndStop(sandbox, "says.csx");
        Assert.Contains("it says second\n", sandbox.Log, StringComparison.Ordinal);
        Assert.Equal(2, Entries(sandbox).Count);
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("flipped")]
    [InlineData("garbage")]
    [InlineData("empty")]
    [InlineData("another")]
    public async Task Start_WithADamagedEntry_CompilesAgain(string damage)
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac();
        await StartAndStop(sandbox);
        var entry = Assert.Single(Entries(sandbox));
        var whole = await File.ReadAllBytesAsync(entry, TestContext.Current.CancellationToken);
        var damaged = damage switch
        {
            "truncated" => whole[..(whole.Length / 2)],
            "flipped" => [.. whole[..1000], (byte)(whole[1000] ^ 1), .. whole[1001..]],
            "garbage" => [.. Enumerable.Repeat((byte)'x', 5000)],
            "another" => [.. whole, 0],
            _ => Array.Empty<byte>(),
        };
        await File.WriteAllBytesAsync(entry, damaged, TestContext.Current.CancellationToken);
        await sandbox.StartDaemonAsync("poem.csx");

        Assert.Equal(whole.Length, new FileInfo(entry).Length);
        Assert.NotEmpty(await sandbox.FetchAsync(sandbox.Port(listener: 1)));
    }

    [Theory]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.GroupWrite)]
    public async Task Start_WithACacheOthersCanWriteTo_DoesNotUseItAndSaysSo(UnixFileMode writable)
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac();
        await StartAndStop(sandbox);
        File.SetUnixFileMode(sandbox.Cache, File.GetUnixFileMode(sandbox.Cache) | writable);
        File.Delete(Assert.Single(Entries(sandbox)));
        var id = await sandbox.StartDaemonAsync("poem.csx");

        Assert.Empty(Entries(sandbox));
        Assert.Contains($"[-#warn] The cache '{sandbox.Cache}' is not used, because others can write to '{sandbox.Cache}'.", sandbox.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(CompilerLibrary, Maps(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithACacheThatCannotBeMade_StillWorksAndSaysSo()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("file", "");
        sandbox.Environment["TACHOST_CACHE"] = sandbox.PathOf("file/cache");
        await sandbox.StartDaemonAsync(sandbox.WriteTac());

        Assert.Contains("Compiled tac files are not cached, because", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithAnotherExtensionOrNone_IsATacAllTheSame()
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac("deployment.tac");
        await StartAndStop(sandbox, "deployment.tac");
        sandbox.WriteTac("deployment");
        await StartAndStop(sandbox, "deployment");
    }

    [Fact]
    public async Task Start_OfATac_OpensNoSocketAndReadsNoPoemBeforeTheTreeIsStarted()
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac(poem: "nowhere.txt", port: 1);
        await File.AppendAllTextAsync(sandbox.PathOf("poem.csx"), """

            foreach (var descriptor in Directory.EnumerateFiles("/proc/self/fd"))
                if (new FileInfo(descriptor).LinkTarget is { } target && File.Exists("/proc/net/tcp") && target.StartsWith("socket:["))
                    foreach (var table in new[] { "/proc/net/tcp", "/proc/net/tcp6" })
                        if (File.ReadAllText(table).Contains(" " + target[8..^1] + " "))
                            throw new Exception("a TCP socket is open");
            throw new Exception("evaluated to its end");
            """, TestContext.Current.CancellationToken);
        var outcome = await sandbox.TachostAsync("poem.csx");

        Assert.Contains("evaluated to its end", outcome.Error, StringComparison.Ordinal);
    }

    private static async Task StartAndStop(Sandbox sandbox, string tac = "poem.csx")
    {
        var id = await sandbox.StartDaemonAsync(tac);
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
    }

    private static async Task<System.Diagnostics.Process> StartInForeground(Sandbox sandbox)
    {
        var process = sandbox.Start("--nodaemon", "poem.csx");
        await Until.SaidAsync(process, "is running");

        return process;
    }

    private static string Maps(int process) => File.ReadAllText($"/proc/{process}/maps");

    private static List<string> Entries(Sandbox sandbox) => [.. Directory.EnumerateFiles(sandbox.Cache)];
}
