using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>The launcher at the root, in a copy of the checkout that nothing was built in.</summary>
public sealed class LauncherTests
{
    [Fact]
    [LongSet]
    public async Task Launcher_InAFreshCheckout_BuildsOnceAndAgainAfterAnEdit()
    {
        await using var sandbox = new Sandbox();
        await CopySourcesAsync(sandbox);
        var launcher = sandbox.PathOf("tachost");

        var first = await sandbox.RunAsync(launcher, "--version");
        Assert.Equal(0, first.ExitCode);
        Assert.StartsWith("tachost ", first.Output, StringComparison.Ordinal);
        Assert.StartsWith("tachost: building the program", first.Error, StringComparison.Ordinal);
        Assert.Contains("half a minute", first.Error, StringComparison.Ordinal);
        Assert.Contains("TACHOST_NATIVE=1", first.Error, StringComparison.Ordinal);

        var second = await sandbox.RunAsync(launcher, "--version");
        Assert.Equal(first with { Error = "" }, second);

        // Through a link, from elsewhere, and with an older file touched to be newer.
        File.CreateSymbolicLink(sandbox.PathOf("link"), launcher);
        Assert.Equal(second, await sandbox.RunAsync("sh", "-c", $"cd / && {sandbox.PathOf("link")} --version"));

        var programs = sandbox.PathOf("artifacts/program");
        var before = new DirectoryInfo(Path.Combine(programs, "current")).LinkTarget;
        File.SetLastWriteTimeUtc(sandbox.PathOf("src/TacHost/Program.cs"), TimeProvider.System.GetUtcNow().UtcDateTime);
        var third = await sandbox.RunAsync(launcher, "--version");
        Assert.Equal(first with { Error = $"{first.Error.Split('\n')[0]}\n" }, third);
        Assert.NotEqual(before, new DirectoryInfo(Path.Combine(programs, "current")).LinkTarget);
        Assert.Equal(Environment.UserName != "root", Directory.Exists(Path.Combine(programs, before!)));
    }

    [Fact]
    public async Task Launcher_WithoutTheSdk_SaysWhatToInstall()
    {
        await using var sandbox = new Sandbox();
        await CopySourcesAsync(sandbox);
        var tools = Directory.CreateDirectory(sandbox.PathOf("tools")).FullName;
        foreach (var tool in (string[])["find", "readlink", "mkdir", "grep"])
            File.CreateSymbolicLink(Path.Combine(tools, tool), (await sandbox.RunAsync("sh", "-c", $"command -v {tool}")).Output.Trim());
        sandbox.Environment["PATH"] = tools;
        var outcome = await sandbox.RunAsync("/bin/sh", sandbox.PathOf("tachost"), "--version");

        Assert.Equal((69, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("the .NET 10 SDK, which is not here", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("dotnet-sdk-10.0", outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(sandbox.PathOf("artifacts")));

        // On a server with the runtime only, an update of the sources must not stop the next start.
        WriteBuilt(sandbox);
        var built = await sandbox.RunAsync("/bin/sh", sandbox.PathOf("tachost"), "one", "two words");
        Assert.Equal(new Outcome(0, "one.two words.", "tachost: the sources are newer than the program, and the .NET 10 SDK is not here: running what was built before.\n"), built);
    }

    [Fact]
    public async Task Launcher_WithoutALinker_SaysHowToGoOn()
    {
        await using var sandbox = new Sandbox();
        await CopySourcesAsync(sandbox);
        var tools = Directory.CreateDirectory(sandbox.PathOf("tools")).FullName;
        foreach (var tool in (string[])["find", "readlink", "mkdir", "grep", "dirname", "id", "stat"])
            File.CreateSymbolicLink(Path.Combine(tools, tool), (await sandbox.RunAsync("sh", "-c", $"command -v {tool}")).Output.Trim());
        sandbox.Write("tools/dotnet", "#!/bin/sh\necho '10.0.100 [/usr/share/dotnet/sdk]'\n");
        File.SetUnixFileMode(sandbox.PathOf("tools/dotnet"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        sandbox.Environment["PATH"] = tools;
        sandbox.Environment["TACHOST_NATIVE"] = "1";
        var outcome = await sandbox.RunAsync("/bin/sh", sandbox.PathOf("tachost"), "--version");

        Assert.Equal((69, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("native code takes a linker, which is not here. Install one (Debian, Ubuntu: apt-get install clang), or build managed code: TACHOST_NATIVE=0.", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a directory of all", "chmod 777 above", "above/'.")]
    [InlineData("a file of another user", "chmod 1777 above; touch above/Directory.Build.targets; chown nobody above/Directory.Build.targets", "above/Directory.Build.targets'.")]
    public async Task Launcher_BelowWhatOthersCanChange_DoesNotBuild(string what, string command, string named)
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can give a file to another user");
        Assert.NotEmpty(what);
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("above/checkout/src"));
        File.Copy(Path.Combine(Program.Root, "tachost"), sandbox.PathOf("above/checkout/tachost"));
        foreach (var file in (string[])["Directory.Build.props", "Directory.Packages.props", "global.json"])
            sandbox.Write($"above/checkout/{file}", "");
        Assert.Equal(0, (await sandbox.RunAsync("sh", "-c", command)).ExitCode);
        var outcome = await sandbox.RunAsync(sandbox.PathOf("above/checkout/tachost"), "--version");

        Assert.Equal((77, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("the program is not built here, because somebody else could change the build by '", outcome.Error, StringComparison.Ordinal);
        Assert.Contains(named, outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(sandbox.PathOf("above/checkout/artifacts")));
    }

    /// <summary>A start as another user after an update of the sources: the unit has to come back.</summary>
    [Fact]
    public async Task Launcher_WhereItCannotWrite_RunsWhatWasBuilt()
    {
        Assert.SkipUnless(Environment.UserName == "root" && Program.IsInstalled("setpriv"), "only root can become another user");
        await using var sandbox = new Sandbox();
        foreach (var directory in (string[])["src", "artifacts/program"])
            Directory.CreateDirectory(sandbox.PathOf(directory));
        File.Copy(Path.Combine(Program.Root, "tachost"), sandbox.PathOf("tachost"));
        foreach (var file in (string[])["Directory.Build.props", "Directory.Packages.props", "global.json"])
            sandbox.Write(file, "");
        Assert.Equal(0, (await sandbox.RunAsync("chmod", "-R", "a+rX,go-w", sandbox.Directory)).ExitCode);
        string[] asNobody = ["--reuid=nobody", "--regid=nogroup", "--clear-groups", sandbox.PathOf("tachost"), "one", "two words"];

        var nothingBuilt = await sandbox.RunAsync("setpriv", asNobody);
        Assert.Equal((73, ""), (nothingBuilt.ExitCode, nothingBuilt.Output));
        Assert.StartsWith("tachost: the program is not built yet, and '", nothingBuilt.Error, StringComparison.Ordinal);

        WriteBuilt(sandbox);
        var built = await sandbox.RunAsync("setpriv", asNobody);
        Assert.Equal((0, "one.two words."), (built.ExitCode, built.Output));
        Assert.Matches("^tachost: the sources are newer than the program, and '.*/artifacts/program' cannot be written: running what was built before\\.\n$", built.Error);
    }

    /// <summary>Writes a program that prints its arguments, as if it had been built before the last change of the sources.</summary>
    private static void WriteBuilt(Sandbox sandbox)
    {
        Directory.CreateDirectory(sandbox.PathOf("artifacts/program/old"));
        sandbox.Write("artifacts/program/old/tachost", "#!/bin/sh\nprintf '%s.' \"$@\"\n");
        sandbox.Write("artifacts/program/old/.begun", "");
        File.SetUnixFileMode(sandbox.PathOf("artifacts/program/old/tachost"), (UnixFileMode)0b111_101_101);
        File.CreateSymbolicLink(sandbox.PathOf("artifacts/program/current"), "old");
        File.SetLastWriteTimeUtc(sandbox.PathOf("artifacts/program/old/.begun"), TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-1));
    }

    private static async Task CopySourcesAsync(Sandbox sandbox)
    {
        // The SDK leaves files where temporary ones belong.
        sandbox.Environment["TMPDIR"] = Directory.CreateDirectory(sandbox.PathOf("tmp")).FullName;
        string[] parts = ["src", "poetry", "Directory.Build.props", "Directory.Packages.props", "BannedSymbols.txt", ".editorconfig", "global.json", "tachost"];
        var outcome = await sandbox.RunAsync("cp", ["-r", .. parts.Select(part => Path.Combine(Program.Root, part)), sandbox.Directory]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }
}
