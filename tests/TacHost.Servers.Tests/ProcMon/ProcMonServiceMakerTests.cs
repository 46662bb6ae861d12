using TacHost.Processes.ProcMon;
using TacHost.Services.Plugins;

namespace TacHost.Servers.Tests.ProcMon;

public sealed class ProcMonServiceMakerTests
{
    [Fact]
    public void MakeService_Options_BecomeTheMonitor()
    {
        var options = OptionParser.Parse<ProcMonCommandLine>("-t", "2", "--killtime", "7s", "-m", "0.5", "-M", "1m", "-c", "shell=echo $HOME; sleep 1", "/bin/sleep", "10", "--version");
        var monitor = (ProcessMonitor)((IServiceMaker)new ProcMonServiceMaker()).MakeService(options);
        Assert.Equal((TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(7)), (monitor.Threshold, monitor.KillTime));
        Assert.Equal((TimeSpan.FromSeconds(0.5), TimeSpan.FromMinutes(1)), (monitor.MinRestartDelay, monitor.MaxRestartDelay));
        Assert.Equal(["shell", "sleep"], monitor.Processes.Keys);
    }

    [Theory]
    [InlineData("there is no command to keep running")]
    [InlineData("--threshold", "-t", "fast", "true")]
    [InlineData("--killtime", "-k", "-1", "true")]
    [InlineData("--minrestartdelay", "-m", "0", "true")]
    [InlineData("--maxrestartdelay", "-M", "99999999999", "true")]
    [InlineData("--minrestartdelay is longer", "-m", "10", "-M", "5", "true")]
    [InlineData("--command", "-c", "nameless")]
    [InlineData("NAME=COMMAND", "-c", "=true")]
    [InlineData("NAME=COMMAND", "-c", "name=")]
    [InlineData("two commands with the name 'true'", "-c", "true=sleep 1", "/bin/true")]
    [InlineData("names no program", "")]
    public void Read_BadValue_IsTold(string expected, params string[] words)
    {
        var mistake = Assert.Throws<UsageException>(() => OptionParser.Parse<ProcMonCommandLine>(words));
        Assert.Contains(expected, mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake.Message);
    }
}
