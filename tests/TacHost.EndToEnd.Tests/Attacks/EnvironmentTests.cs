using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Attacks;

/// <summary>The environment that services find after a change of user.</summary>
[Collection("attacks")]
public sealed class EnvironmentTests(SecondUser eve)
{
    private const string Teller = """
        class Teller : Service
        {
            protected override async Task OnStartAsync(CancellationToken cancellationToken)
            {
                Logger.LogInformation("found HOME={Home} USER={User} LOGNAME={Name} SHELL={Shell} PATH={Path} OTHER={Other}", E("HOME"), E("USER"), E("LOGNAME"), E("SHELL"), E("PATH"), E("OTHER"));
                using var child = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", "echo child $HOME $USER"]) { RedirectStandardOutput = true })!;
                Logger.LogInformation("{Said}", (await child.StandardOutput.ReadToEndAsync()).Trim());
            }
            static string E(string name) => Environment.GetEnvironmentVariable(name) ?? "(none)";
        }
        var application = new Application("teller");
        new Teller().SetServiceParent(application);
        application.RequestStop();
        """;

    [Theory]
    [InlineData("-u EVE", "HOME=/home/EVE USER=EVE LOGNAME=EVE SHELL=/bin/sh PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin OTHER=kept", "child /home/EVE EVE")]
    [InlineData("-u 4000000 -g 4000000", "HOME=/ USER=(none) LOGNAME=(none) SHELL=/bin/sh PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin OTHER=kept", "child /")]
    [InlineData("--euid -u EVE", "HOME=/root USER=root LOGNAME=root SHELL=/bin/roots PATH=/root/bin:/usr/bin:/bin OTHER=kept", "child /root root")]
    public async Task Environment_AfterUid_IsThatOfTheUser(string options, string found, string child)
    {
        SecondUser.Require();
        await using Sandbox sandbox = new();
        File.SetUnixFileMode(sandbox.Directory, (UnixFileMode)0b111_101_101);
        foreach (var (name, value) in ((string, string)[])[("HOME", "/root"), ("USER", "root"), ("LOGNAME", "root"), ("SHELL", "/bin/roots"), ("PATH", "/root/bin:/usr/bin:/bin"), ("OTHER", "kept")])
            sandbox.Environment[name] = value;
        sandbox.Write("teller.csx", Teller);
        var outcome = await sandbox.TachostAsync([.. $"-n --no-pidfile {options}".Replace("EVE", eve.Name, StringComparison.Ordinal).Split(' '), "teller.csx"]);

        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("found " + found.Replace("EVE", eve.Name, StringComparison.Ordinal) + "\n", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("] " + child.Replace("EVE", eve.Name, StringComparison.Ordinal) + "\n", outcome.Output, StringComparison.Ordinal);
    }
}
