using System.Globalization;
using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary><c>tachost inetd</c>, whose programs run as other users.</summary>
public sealed partial class InetdTests
{
    private const string Nobody = "uid=65534(nobody) gid=65534(nogroup) groups=65534(nogroup)\n";

    [Fact]
    public async Task Inetd_ConfOfRoot_RunsEachProgramAsItsUser()
    {
        RequireRoot();
        await using var sandbox = OpenToAll();
        sandbox.Environment["A_SECRET"] = "of root";
        sandbox.Write("inetd.conf", """
            # as in /etc
            127.0.0.1:0	stream	tcp	nowait	nobody	/usr/bin/id	id
            127.0.0.1:0	stream	tcp	nowait	nobody:daemon	/usr/bin/id	id
            127.0.0.1:0	stream	tcp	nowait	root	/usr/bin/id	id -un
            127.0.0.1:0	stream	tcp	nowait	nobody	/bin/sh	in.script -c
            	"echo $$; grep -E '^Sig(Blk|Ign)' /proc/self/status; ls /proc/$$/fd; env"
            127.0.0.1:0	stream	tcp	nowait	nobody	/bin/cat	cat poem.txt /no/such/file
            127.0.0.1:0	stream	tcp	nowait	nobody	/root/no-such-program	x
            127.0.0.1:0	stream	tcp	nowait	root	internal	daytime
            """);
        var id = await sandbox.StartDaemonAsync("inetd", "--file", "inetd.conf");
        Assert.Equal(Nobody, await NcAsync(sandbox, 0));
        Assert.Equal("uid=65534(nobody) gid=1(daemon) groups=1(daemon)\n", await NcAsync(sandbox, 1));
        Assert.Equal("root\n", await NcAsync(sandbox, 2));

        var script = (await NcAsync(sandbox, 3)).Split('\n');
        Assert.All(script[1..3], set => Assert.Equal(0UL, ulong.Parse(set.Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) & ~(3UL << 31)));
        Assert.Equal(["0", "1", "2"], script[3..6]);
        string[] names = [.. script[6..].SkipLast(1).Select(line => line.Split('=')[0]).Order(StringComparer.Ordinal)];
        string[] expected = ["HOME", "LOGNAME", "PATH", "PROTO", "PWD", "REMOTE_ADDR", "REMOTE_PORT", "SHELL", "TCPLOCALIP", "TCPLOCALPORT", "TCPREMOTEIP", "TCPREMOTEPORT", "USER"];
        Assert.Equal(expected, names.Where(name => !name.StartsWith("LC_", StringComparison.Ordinal) && name is not ("LANG" or "LANGUAGE" or "TZ" or "SHLVL" or "OLDPWD" or "_")));
        Assert.Contains("USER=nobody", script);
        Assert.Empty(Directory.EnumerateFiles(Path.GetTempPath(), $"*-{script[0]}-*"));

        // Its standard error is the client too.
        Assert.Equal($"{Sandbox.Poem}cat: /no/such/file: No such file or directory\n", await NcAsync(sandbox, 4));
        Assert.Equal("", await NcAsync(sandbox, 5));
        await Until.TrueAsync(() => UnableToStart().IsMatch(sandbox.Log), "the reason in the log");
        Assert.Matches(@"^\w{3} \w{3} \d+ \d\d:\d\d:\d\d \d{4}\r\n$", await NcAsync(sandbox, 6));

        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.Empty(sandbox.Processes());
    }

    /// <summary>What root has beside its main group stays with root.</summary>
    [Fact]
    public async Task Inetd_SupplementaryGroupsOfRoot_AreNotThePrograms()
    {
        RequireRoot();
        Assert.SkipUnless(Program.IsInstalled("setpriv"), "setpriv is not installed (util-linux)");
        await using var sandbox = OpenToAll();
        sandbox.StartProgram("setpriv", "--groups", "0,4,24", Program.Tachost, "inetd", "--user", "nobody", "--iface", "127.0.0.1", "--port", "0", "id");
        await sandbox.LoggedAsync(" is running as process ");
        Assert.Equal("Groups 0 4 24", $"Groups {Proc.Status(sandbox.DaemonId, "Groups")}");
        Assert.Equal(Nobody, await NcAsync(sandbox, 0));
    }

    [Fact]
    public async Task Inetd_RootGivenUp_StartsProgramsAsTheUserThatItHasBecomeOnly()
    {
        RequireRoot();
        await using var sandbox = OpenToAll();
        var outcome = await sandbox.TachostAsync("--uid", "nobody", "inetd", "--user", "daemon", "--serve", "127.0.0.1:0=id");
        Assert.Equal((69, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(
            "The service '127.0.0.1:0/tcp' cannot be served: its programs are to run as 'daemon' (user 1, group 1), which requires root, and this process is user 65534. Start tachost as root and without --uid, or leave the user out.",
            outcome.Error,
            StringComparison.Ordinal);
        Assert.False(File.Exists(sandbox.PidFile));
        outcome = await sandbox.TachostAsync("--euid", "--uid", "nobody", "inetd", "--serve", "127.0.0.1:0=id");
        Assert.Equal((69, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("could still become user 0, and so could its programs. Start tachost without --euid.", outcome.Error, StringComparison.Ordinal);

        // Ports are bound before.
        await sandbox.StartDaemonAsync("--uid", "nobody", "inetd", "--user", "nobody", "--serve", "127.0.79.1:finger=id");
        Assert.Equal(Nobody, (await sandbox.RunAsync("sh", "-c", "nc -N 127.0.79.1 79 < /dev/null")).Output);
    }

    [Fact]
    public async Task Inetd_StoppedInTheMiddle_EndsTheProgramsOfOtherUsersToo()
    {
        await using var sandbox = OpenToAll();
        string[] user = Environment.IsPrivilegedProcess ? ["--user", "nobody"] : [];
        var id = await sandbox.StartDaemonAsync(["inetd", .. user, "--killtime", "200ms", "--serve", "127.0.0.1:0=trap '' TERM; sleep 1000 & echo $$ $!; wait; sleep 1000"]);
        using var client = sandbox.StartProgram("nc", "127.0.0.1", Port(sandbox, 0));
        var processes = (await client.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!.Split(' ').Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToList();
        Assert.All(processes, process => Assert.True(Until.IsAlive(process)));
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.All(processes, process => Assert.False(Until.IsAlive(process)));
        Assert.Contains("has ignored SIGTERM and is killed", sandbox.Log, StringComparison.Ordinal);
        Assert.Contains(": killed by signal 9", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inetd_FileWithLinesThatCannotBeServed_ServesTheOthersAndNamesThem()
    {
        await using Sandbox sandbox = new();
        sandbox.Write("inetd.conf", "127.0.0.1:0 stream tcp nowait root internal daytime\ntcpmux stream tcp nowait root internal\n127.0.0.1:0 stream tcp nowait/5/5/5 root /no/such/program x\n");
        var id = await sandbox.StartDaemonAsync("inetd", "--file", "inetd.conf");
        Assert.Matches(@"^\w{3} \w{3} \d+ ", await NcAsync(sandbox, 0));
        await sandbox.LoggedAsync("inetd.conf:2: there is no internal service 'tcpmux'");
        await sandbox.LoggedAsync("there is no program '/no/such/program'; connections are closed until there is one");
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
    }

    [Theory]
    [InlineData("there is nothing to serve. Name an inetd.conf with --file, or an address and a command with --serve.")]
    [InlineData("inetd.conf:2: the type 'rdm' is neither 'stream' nor 'dgram'.", "--strict", "-f", "inetd.conf")]
    [InlineData("there is no service in '", "-f", "poem.conf")]
    [InlineData("--port needs a program. Write it after the options.", "--port", "0")]
    [InlineData("the program 'id' has no port. Name it with --port.", "id")]
    [InlineData("there is no program 'no-such-program' in PATH. Name it by its path.", "--port", "0", "no-such-program")]
    [InlineData("there is no user 'no-such-user'.", "--user", "no-such-user", "--port", "0", "id")]
    [InlineData("has no command.", "--serve", "7000= ")]
    public async Task Inetd_BadCommandLineOrFile_IsOneLineAndStartsNothing(string reason, params string[] arguments)
    {
        await using Sandbox sandbox = new();
        sandbox.Write("inetd.conf", "7 stream tcp nowait root internal\n8 rdm tcp nowait root internal\n");
        sandbox.Write("poem.conf", "# nothing\n");
        var outcome = await sandbox.TachostAsync(["inetd", .. arguments]);
        Assert.Equal((64, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(reason, Assert.Single(outcome.Error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
        Assert.False(File.Exists(sandbox.PidFile) || File.Exists(sandbox.PathOf("tachost.log")));
    }

    private static void RequireRoot() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can become somebody else");

    private static Sandbox OpenToAll()
    {
        Sandbox sandbox = new();
        File.SetUnixFileMode(sandbox.Directory, (UnixFileMode)0b111_111_111);
        return sandbox;
    }

    private static string Port(Sandbox sandbox, int service) => ServedAt().Matches(sandbox.Log)[service].Groups["port"].Value;

    private static async Task<string> NcAsync(Sandbox sandbox, int service)
    {
        Assert.SkipUnless(Program.IsInstalled("nc"), "nc is not installed (netcat-openbsd)");
        return (await sandbox.RunAsync("sh", "-c", $"nc -N 127.0.0.1 {Port(sandbox, service)} < /dev/null")).Output;
    }

    [GeneratedRegex(@"'/root/no-such-program' cannot be started for 127\.0\.0\.1:\d+ as user nobody: (Permission denied|No such file or directory)\n", RegexOptions.ExplicitCapture)]
    private static partial Regex UnableToStart();

    [GeneratedRegex(@"served at 127\.0\.0\.1:(?<port>\d+) by")]
    private static partial Regex ServedAt();
}
