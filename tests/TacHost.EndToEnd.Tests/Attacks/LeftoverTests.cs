using System.Globalization;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Attacks;

/// <summary>Files of .NET's own in the temporary directory, after every kind of end.</summary>
[Collection("attacks")]
public sealed class LeftoverTests(SecondUser eve)
{
    [Theory]
    [InlineData("TERM", "")]
    [InlineData("TERM", "-u EVE")]
    [InlineData("TERM", "--chroot chroot -u EVE")]
    [InlineData("KILL", "-u EVE")]
    [InlineData("KILL", "")]
    public async Task End_OfADaemon_LeavesNothingInTheTemporaryDirectory(string signal, string options)
    {
        SecondUser.Require();
        await using var sandbox = Make();
        var id = await sandbox.StartDaemonAsync([.. options.Replace("EVE", eve.Name, StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries), "-l", "eve.log", sandbox.UseSharedTac()]);
        await sandbox.KillAsync(id, signal);
        await Until.GoneAsync(id);

        Assert.Empty(Directory.EnumerateFileSystemEntries(sandbox.PathOf("tmp")));
    }

    [Theory]
    [InlineData("nowhere.csx")]
    [InlineData("bad.csx")]
    [InlineData("-n bad.csx")]
    [InlineData("throws.csx")]
    [InlineData("-n throws.csx")]
    [InlineData("-n -u EVE throws.csx")]
    [InlineData("-n -u EVE once.csx")]
    [InlineData("-n --chroot chroot -u EVE once.csx")]
    [InlineData("--nonsense")]
    [InlineData("--help")]
    public async Task Start_ThatFailsOrIsBrief_LeavesNothingInTheTemporaryDirectory(string words)
    {
        SecondUser.Require();
        await using var sandbox = Make();
        sandbox.Write("bad.csx", "this is no C#");
        sandbox.Write("throws.csx", "throw new Exception(\"no\");");
        sandbox.Write("once.csx", "var application = new Application(\"once\"); application.RequestStop();");
        await sandbox.TachostAsync(words.Replace("EVE", eve.Name, StringComparison.Ordinal).Split(' '));

        Assert.Empty(Directory.EnumerateFileSystemEntries(sandbox.PathOf("tmp")));
    }

    [Fact]
    public async Task Diagnostics_ThatAreAskedFor_AreThereWhileItRuns()
    {
        SecondUser.Require();
        await using var sandbox = Make();
        sandbox.Environment["DOTNET_EnableDiagnostics"] = "1";
        var id = await sandbox.StartDaemonAsync(sandbox.UseSharedTac());
        Assert.Contains(Directory.EnumerateFileSystemEntries(sandbox.PathOf("tmp")), path => Path.GetFileName(path).StartsWith($"dotnet-diagnostic-{id.ToString(CultureInfo.InvariantCulture)}-", StringComparison.Ordinal));
    }

    private static Sandbox Make()
    {
        Sandbox sandbox = new();
        File.SetUnixFileMode(sandbox.Directory, (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(sandbox.PathOf("chroot"));
        sandbox.Write("chroot/poem.txt", Sandbox.Poem);
        sandbox.Environment["TMPDIR"] = Directory.CreateDirectory(sandbox.PathOf("tmp")).FullName;
        File.SetUnixFileMode(sandbox.PathOf("tmp"), UnixFileMode.StickyBit | (UnixFileMode)0b111_111_111);
        return sandbox;
    }
}
