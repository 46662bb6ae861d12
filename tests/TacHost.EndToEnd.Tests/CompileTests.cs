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
        Assert.Equal(new Outcome(0, "poem.csx: was compiled before\n", ""), await sandbox.TachostAsync("compile", "--out=made", "poem.csx"));
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
}
