using TacHost.EndToEnd.Tests.Fleet;

namespace TacHost.EndToEnd.Tests.Attacks;

/// <summary>What an emperor writes where others may have planted something.</summary>
[Collection("attacks")]
public sealed class FleetAttacks
{
    [Fact]
    public async Task Record_WithALinkWhereItIsPrepared_LeavesTheFileOfRootsUntouched()
    {
        const string text = "a secret of root's\n";
        await using FleetSandbox fleet = new();
        fleet.Write("poem");
        Assert.Equal(0, (await fleet.StartAsync()).ExitCode);
        fleet.Sandbox.Write("secret", text);
        File.CreateSymbolicLink(Path.Combine(fleet.RunDirectory, "poem.state.new"), fleet.Sandbox.PathOf("secret"));

        fleet.Write("poem", "second");
        await Until.TrueAsync(() => fleet.EmperorLog.Contains("Reloaded 'poem'", StringComparison.Ordinal), "the reload");
        await Until.TrueAsync(() => !File.Exists(Path.Combine(fleet.RunDirectory, "poem.state.new")), "the record");

        Assert.Equal(text, await File.ReadAllTextAsync(fleet.Sandbox.PathOf("secret"), TestContext.Current.CancellationToken));
        Assert.Null(new FileInfo(Path.Combine(fleet.RunDirectory, "poem.state")).LinkTarget);
        Assert.Equal(0, (await fleet.TachostAsync("stop", Path.Combine(fleet.RunDirectory, "emperor.pid"))).ExitCode);
    }
}
