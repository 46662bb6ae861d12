using TacHost.Services.Plugins;
using TacHost.Telnet.Plugin;

namespace TacHost.Telnet.Tests.Plugin;

public sealed class TelnetServiceMakerTests
{
    [Fact]
    public async Task Options_All_AreHeeded()
    {
        var server = Make("-p", "0", "--iface", "127.0.0.1", "--password-file", "/etc/hostname", "--max-sessions", "2", "--idle-timeout", "5m", "--line-timeout", "3s", "--max-output", "1000");
        Assert.Equal((TimeSpan.FromSeconds(3), 1000), (server.LineTimeout, server.LongestOutput));
        Assert.True(server.Logins.AsksForName);
        await Assert.ThrowsAsync<TacHost.Services.PasswordFileException>(() => RunningService.StartAsync(server));
    }

    [Fact]
    public void Options_ByDefault_MakeAPasswordAndStayOnThisMachine()
    {
        TelnetCommandLine options = OptionParser.Parse<TelnetCommandLine>();
        Assert.Equal((4040, "localhost", null), ((int)options.Port, (string)options.Iface, options.PasswordFile));
        Assert.False(Make().Logins.AsksForName);
    }

    [Theory]
    [InlineData("--port", "65536")]
    [InlineData("--iface", "two words")]
    [InlineData("--password-file", "/nowhere")]
    [InlineData("--max-sessions", "0")]
    [InlineData("--idle-timeout", "soon")]
    [InlineData("--line-timeout", "0s")]
    [InlineData("--max-output", "10")]
    public void Options_BadValue_IsToldInOneLine(params string[] words)
    {
        var failure = Assert.Throws<UsageException>(() => OptionParser.Parse<TelnetCommandLine>(words));
        Assert.DoesNotContain('\n', failure.Message);
        Assert.Contains(words[0], failure.Message, StringComparison.Ordinal);
    }

    private static TelnetServer Make(params string[] words) => (TelnetServer)((IServiceMaker)new TelnetServiceMaker()).MakeService(OptionParser.Parse<TelnetCommandLine>(words));
}
