using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>Tac files that are compiled before anybody runs them.</summary>
public sealed class CompileTests
{
    [Fact]
    public async Task Compile_IntoADirectory_StartsFromItWithoutTheCompiler()
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac();
        sandbox.WriteTac("second.csx", extra: "// another");
        Assert.Equal(new Outcome(0, "poem.csx: compiled\nsecond.csx: compiled\n", ""), await sandbox.TachostAsync("compile", "poem.csx", "second.csx", "--out", "made"));
        Assert.Equal(new Outcome(0, "poem.csx: up to date\n", ""), await sandbox.TachostAsync("compile", "--out=made", "poem.csx"));
        var made = Directory.GetFiles(sandbox.PathOf("made"));
        Assert.Equal(2, made.Length);
        Assert.Empty(Directory.GetFiles(sandbox.Cache));

        File.SetUnixFileMode(sandbox.PathOf("made"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        sandbox.Environment["TACHOST_CACHE"] = sandbox.PathOf("made");
        var start = await sandbox.TachostAsync("--timings", "poem.csx");
        Assert.Equal((0, ""), (start.ExitCode, start.Output));
        Assert.Contains("what was compiled before", start.Error, StringComparison.Ordinal);
        Assert.Equal(made.Order(), Directory.GetFiles(sandbox.PathOf("made")).Order());
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync()));
    }

    [Fact]
    public async Task Compile_OneThatIsWrong_SaysSoAndCompilesTheOthers()
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac();
        sandbox.Write("wrong.csx", "var application = ;");
        var outcome = await sandbox.TachostAsync("compile", "wrong.csx", "nowhere.csx", "poem.csx");

        Assert.Equal((65, "poem.csx: compiled\n"), (outcome.ExitCode, outcome.Output));
        Assert.Contains("wrong.csx(1,19): error CS1525", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("cannot read the tac file 'nowhere.csx'", outcome.Error, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(sandbox.Cache));
    }

    [Fact]
    public async Task Compile_SourcesOfTenMegabytes_Works()
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac(extra: string.Concat(Enumerable.Repeat($"// {new string('x', 96)}\n", 100_000)));
        Assert.Equal(new Outcome(0, "poem.csx: compiled\n", ""), await sandbox.TachostAsync("compile", "poem.csx"));
    }

    /// <summary>The native and the managed command may write different images. One that finds that of the other compiles again.</summary>
    [Fact]
    public async Task Compile_ByTheOtherForm_HasAKeyOfItsOwn()
    {
        var managed = Path.Combine(Program.Root, "artifacts", "bin", "TacHost", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "tachost");
        Assert.SkipUnless(Program.IsNative, "the tests run the managed command");
        await using var sandbox = new Sandbox();
        sandbox.WriteTac();
        foreach (var program in (string[])[Program.Tachost, managed])
        {
            Assert.Equal(new Outcome(0, "poem.csx: compiled\n", ""), await sandbox.RunAsync(program, "compile", "--out=made", "poem.csx"));
            Assert.Equal(new Outcome(0, "poem.csx: up to date\n", ""), await sandbox.RunAsync(program, "compile", "--out=made", "poem.csx"));
        }

        Assert.Equal(2, Directory.GetFiles(sandbox.PathOf("made")).Length);
    }

    /// <summary>The native command starts without .NET, and needs it to compile.</summary>
    [Theory]
    [InlineData("compile", "poem.csx")]
    [InlineData("check", "poem.csx")]
    [InlineData("-n", "poem.csx")]
    [InlineData("poem.csx")]
    public async Task Command_WithoutDotNet_SaysWhatToInstall(params string[] words)
    {
        Assert.SkipUnless(Program.IsNative, "the managed command cannot start without .NET");
        await using var sandbox = new Sandbox();
        sandbox.WriteTac();
        foreach (var variable in (string[])["DOTNET_ROOT", "DOTNET_ROOT_X64"])
            sandbox.Environment[variable] = Directory.CreateDirectory(sandbox.PathOf("nothing")).FullName;
        var outcome = await sandbox.TachostAsync(words);

        Assert.Equal((69, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith("tachost: .NET 10.0 is not installed. Looked for in ", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("defect", outcome.Error, StringComparison.Ordinal);
    }

    /// <summary>As the start of .NET itself does.</summary>
    [Fact]
    public async Task Command_WithADotNetRootThatIsNotThere_LooksElsewhere()
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac();
        foreach (var variable in (string[])["DOTNET_ROOT", "DOTNET_ROOT_X64"])
            sandbox.Environment[variable] = sandbox.PathOf("nowhere");
        Assert.Equal(new Outcome(0, "poem.csx: compiled\n", ""), await sandbox.TachostAsync("compile", "poem.csx"));
    }

    [Fact]
    public async Task Compile_NowhereToKeepIt_Fails()
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac();
        var outcome = await sandbox.TachostAsync("compile", "poem.csx", "--out", "poem.txt/made");

        Assert.Equal((73, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith("tachost: 'poem.csx' compiles, but is not cached. ", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--timings")]
    [InlineData("--tim")]
    public async Task Timings_OfADaemon_TellOfBothProcesses(string option)
    {
        await using var sandbox = new Sandbox();
        var outcome = await sandbox.TachostAsync(option, sandbox.UseSharedTac());

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Output));
        Assert.Matches(@"(?s)^ +(?!0\.0 )[0-9.]+ ms  \.NET itself.*\d ms  command line\n.*\d ms  the daemon, until it runs\n.*of that in the daemon:\n.*\d ms  tree built\n.*\d ms  in all; .*\n$", outcome.Error);
    }

    /// <summary>The kernel counts the time of the command to the host that it becomes.</summary>
    [Fact]
    public async Task Timings_OfTheForeground_DoNotCallTheCommandDotNet()
    {
        await using var sandbox = new Sandbox();
        using var process = sandbox.Start("--timings", "-n", sandbox.UseSharedTac());
        await Until.SaidAsync(process, "is running");
        await sandbox.KillAsync(process.Id);
        Assert.Matches(@"(?s)then, in the host:\n +[0-9.]+ ms  the command, and \.NET itself \(time of the processor\)\n", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }
}
