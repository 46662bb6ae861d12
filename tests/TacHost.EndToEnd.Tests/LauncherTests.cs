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

        var second = await sandbox.RunAsync(launcher, "--version");
        Assert.Equal(first with { Error = "" }, second);

        // Through a link, from elsewhere, and with an older file touched to be newer.
        File.CreateSymbolicLink(sandbox.PathOf("link"), launcher);
        Assert.Equal(second, await sandbox.RunAsync("sh", "-c", $"cd / && {sandbox.PathOf("link")} --version"));

        var programs = sandbox.PathOf("artifacts/program");
        var before = new DirectoryInfo(Path.Combine(programs, "current")).LinkTarget;
        File.SetLastWriteTimeUtc(sandbox.PathOf("src/TacHost/Program.cs"), TimeProvider.System.GetUtcNow().UtcDateTime);
        var third = await sandbox.RunAsync(launcher, "--version");
        Assert.Equal(first, third);
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
