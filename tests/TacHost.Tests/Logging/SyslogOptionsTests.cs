using TacHost.Logging;

namespace TacHost.Tests.Logging;

public sealed class SyslogOptionsTests
{
    [Fact]
    public void Parse_Nothing_IsTheLocalDaemonAsTwistdUsesIt() =>
        Assert.Equal(("/dev/log", "tachost", SyslogFacility.User), Parts(SyslogOptions.Parse(null)));

    [Theory]
    [InlineData("udp://loghost", "udp://loghost:514")]
    [InlineData("udp://10.0.0.1:1514", "udp://10.0.0.1:1514")]
    [InlineData("udp://[::1]", "udp://[::1]:514")]
    [InlineData("tcp://[::1]:601", "tcp://[::1]:601")]
    [InlineData("tcp://log.example.org:6514/", "tcp://log.example.org:6514")]
    [InlineData("/run/systemd/journal/dev-log", "/run/systemd/journal/dev-log")]
    public void Parse_Target_IsUnderstood(string text, string expected) =>
        Assert.Equal(expected, SyslogOptions.Parse(text).Target.ToString());

    [Theory]
    [InlineData("loghost", "it begins with neither 'udp://' nor 'tcp://' nor '/'")]
    [InlineData("http://loghost", "it begins with neither")]
    [InlineData("udp://", "it has no host")]
    [InlineData("udp://a b", "'a b' is not a host")]
    [InlineData("tcp://loghost", "it has no port")]
    [InlineData("udp://loghost:0", "'0' is not a port")]
    [InlineData("udp://loghost:65536", "'65536' is not a port")]
    [InlineData("tcp://loghost:http", "'http' is not a port")]
    [InlineData("tcp://loghost:-1", "'-1' is not a port")]
    [InlineData("tcp://loghost:", "'' is not a port")]
    public void Parse_WrongTarget_SaysWhyAndWhatToWrite(string text, string reason)
    {
        var e = Assert.Throws<TacHostException>(() => SyslogOptions.Parse(text));
        Assert.Equal(ExitCode.Usage, e.ExitCode);
        Assert.Contains($"--syslog: '{text}' is not a target, because {reason}", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("Write udp://HOST:514, tcp://HOST:PORT or the path of a socket such as /dev/log.", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("daemon", 3)]
    [InlineData("AUTHPRIV", 10)]
    [InlineData("local0", 16)]
    [InlineData("local7", 23)]
    public void ParseFacility_NameOfSyslog3_IsItsNumber(string name, int number) =>
        Assert.Equal(number, (int)SyslogOptions.ParseFacility(name));

    [Theory]
    [InlineData("")]
    [InlineData("3")]
    [InlineData("local8")]
    [InlineData("daemon,user")]
    public void ParseFacility_AnythingElse_ListsTheNames(string text)
    {
        var e = Assert.Throws<TacHostException>(() => SyslogOptions.ParseFacility(text));
        Assert.Equal((ExitCode.Usage, $"--facility: '{text}' is not one of kern user mail daemon auth syslog lpr news uucp cron authpriv ftp local0 local1 local2 local3 local4 local5 local6 local7."), (e.ExitCode, e.Message));
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("colon:")]
    [InlineData("line\nfeed")]
    [InlineData("a[1]")]
    [InlineData("ümlaut")]
    [InlineData("0123456789012345678901234567890123456789012345678")]
    public void ParsePrefix_WhatAReceiverCannotTellFromTheRest_IsRefused(string text) =>
        Assert.Equal(ExitCode.Usage, Assert.Throws<TacHostException>(() => SyslogOptions.ParsePrefix(text)).ExitCode);

    private static (string Target, string Prefix, SyslogFacility Facility) Parts(SyslogOptions options) => (options.Target.ToString(), options.Prefix, options.Facility);
}
