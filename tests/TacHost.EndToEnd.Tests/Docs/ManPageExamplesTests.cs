using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Docs;

/// <summary>Runs the examples of the manual page, which the reference of the documentation repeats, with paths, ports and users of this machine.</summary>
public sealed partial class ManPageExamplesTests
{
    public static TheoryData<string> Examples =>
        [.. Example().Matches(File.ReadAllText(Path.Combine(Program.Root, "docs/tachost.1"))).Select(match => match.Groups["words"].Value.Replace("\\-", "-", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Example_RunAsItStands_DoesWhatItSays(string example)
    {
        var chroot = example.Contains("--chroot", StringComparison.Ordinal);
        Assert.SkipWhen(chroot && Environment.UserName != "root", "only root can change its root directory");
        await using var sandbox = new Sandbox();
        foreach (var directory in (string[])["deployments", "poetry", "srv/poetry", "srv/chroot", "run", "log"])
            Directory.CreateDirectory(sandbox.PathOf(directory));
        sandbox.WriteTac("deployments/ecstasy.csx");
        sandbox.WriteTac("poetry.csx");
        foreach (var poem in (string[])["poetry/ecstasy.txt", "srv/poetry/poem.txt", "srv/chroot/poem.txt"])
            sandbox.Write(poem, Sandbox.Poem);
        if (chroot)
            File.SetUnixFileMode(sandbox.PathOf("srv/chroot"), (UnixFileMode)0b111_111_111);
        var words = example.Split(' ');
        Assert.Equal("tachost", words[0]);
        IEnumerable<string> arguments = words[1..].Select(word => word switch
        {
            "/var/log/poetry.log" => sandbox.PathOf("log/poetry.log"),
            "/srv/poetry" or "/srv/chroot" or "/run/poetry.pid" => sandbox.PathOf(word[1..]),
            "10000" => "0",
            "poet" => "nobody",
            _ => word,
        });

        if (words.Contains("-n"))
        {
            var process = sandbox.Start(arguments);
            await Until.SaidAsync(process, "is running");
            await sandbox.KillAsync(process.Id, "INT");
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();
            Assert.Equal(0, process.ExitCode);
            return;
        }

        if (words[1] == "stop")
            await sandbox.StartDaemonAsync("poetry.csx");
        var outcome = await sandbox.TachostAsync(arguments);

        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
    }

    [GeneratedRegex(@"^\.nf\n(?<words>tachost .*)\n\.fi$", RegexOptions.Multiline)]
    private static partial Regex Example();
}
