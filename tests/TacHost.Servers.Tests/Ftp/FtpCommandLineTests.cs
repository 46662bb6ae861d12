using System.Net;
using TacHost.Ftp;
using TacHost.Services.Plugins;
using TacHost.Services.Plugins.Infrastructure;

namespace TacHost.Servers.Tests.Ftp;

public sealed class FtpCommandLineTests
{
    public static TheoryData<string, string> Bad => new()
    {
        { "--root", "/nowhere" },
        { "--root", "/etc/passwd" },
        { "--port", "65536" },
        { "--port", "ftp" },
        { "--iface", "two words" },
        { "--password-file", "/nowhere" },
        { "--passive-ports", "20-10" },
        { "--passive-ports", "0-10" },
        { "--passive-ports", "1-65536" },
        { "--passive-ports", "1-2-3" },
        { "--passive-ports", "" },
        { "--passive-address", "::1" },
        { "--passive-address", "router" },
        { "--tls-cert", "/nowhere" },
        { "--tls-key", "/nowhere" },
        { "--max-sessions", "0" },
        { "--max-sessions-per-address", "0" },
        { "--idle-timeout", "0s" },
        { "--idle-timeout", "soon" },
        { "--anonymous", "yes" },
        { "--write", "yes" },
        { "--require-tls", "yes" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Read_BadValue_NamesOptionAndValueInOneLine(string option, string value)
    {
        var message = Assert.Throws<UsageException>(() => OptionParser.Parse<FtpCommandLine>($"{option}={value}")).Message;
        Assert.Contains(option, message, StringComparison.Ordinal);
        Assert.Contains($"'{value}'", message.Replace($"{option}=", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Bad_Above_CoversEveryOption() =>
        Assert.Equal(
            OptionTable.Of(typeof(FtpCommandLine)).Options.Select(option => "--" + option.Name).Except(["--help", "--version"]).Order(StringComparer.Ordinal),
            Bad.Select(row => row.Data.Item1).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("--no-anonymous", "--password-file is missing")]
    [InlineData("--write", "--password-file is missing")]
    [InlineData("--require-tls", "--tls-cert is missing")]
    [InlineData("--tls-key=/etc/passwd", "--tls-cert is missing")]
    public void Read_OptionWithoutItsOther_NamesBoth(string option, string said)
    {
        var message = Assert.Throws<UsageException>(() => OptionParser.Parse<FtpCommandLine>(option)).Message;
        Assert.Contains(said, message, StringComparison.Ordinal);
        Assert.Contains(option.Split('=')[0], message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Nothing_IsAnonymousReadOnlyAndLocal()
    {
        var options = OptionParser.Parse<FtpCommandLine>();
        Assert.Equal((2121, "localhost", true, false, false), (options.Port.Number, options.Iface.Name, options.Anonymous, options.Write, options.RequireTls));
        using TemporaryDirectory directory = new();
        var server = Make("-r", directory.Path);
        Assert.True(server.AllowAnonymous);
        Assert.False(server.UsersMayWrite);
        Assert.Null(server.Users);
    }

    [Fact]
    public void MakeService_EveryOption_GetsToTheServer()
    {
        using TemporaryDirectory directory = new();
        var (certificate, key) = TestCertificates.WritePem(directory, "localhost");
        var server = Make("-r", directory.Path, "-p", "2122", "-i", "::1", "--no-anonymous", "--password-file", certificate, "-w", "--passive-ports", "5000-5001", "--passive-address", "192.0.2.1", "--tls-cert", certificate, "--tls-key", key, "--require-tls", "--max-sessions", "7", "--max-sessions-per-address", "3", "--idle-timeout", "10s");
        Assert.Equal((false, true, true, 7, 3, TimeSpan.FromSeconds(10)), (server.AllowAnonymous, server.UsersMayWrite, server.RequireTls, server.MaxSessions, server.MaxSessionsPerAddress, server.IdleTimeout));
        Assert.Equal((certificate, new PortRange(5000, 5001), IPAddress.Parse("192.0.2.1")), (server.Users!.Path, server.PassivePorts, server.PassiveAddress));
        Assert.Equal((certificate, key), (server.Certificate!.CertificateFile, server.Certificate.KeyFile));
    }

    private static FtpServer Make(params string[] words) =>
        Assert.IsType<FtpServer>(((IServiceMaker)new FtpServiceMaker()).MakeService(OptionParser.Parse<FtpCommandLine>(words)));
}
