using System.Text.Json;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>The files and directories of servers and clients, which <c>tachost check</c> and <c>tachost tree</c> get from them.</summary>
public sealed class CheckedServersTests
{
    private const string Tac = """
        #r "FastPoetry.Services.dll"
        #r "TacHost.Dns.dll"
        #r "TacHost.Ftp.dll"
        #r "TacHost.Proxies.dll"
        #r "TacHost.Telnet.dll"
        #r "TacHost.Web.dll"
        var application = new Application("site");
        application.AddService(new TacHost.Web.WebServer(12001, "files") { Passwords = new PasswordFile("web.txt"), NotFoundFile = "/404.html", AccessLogFile = "logs/access.log" });
        application.AddService(new TacHost.Dns.DnsServer(12002, options: new() { HostsFile = "hosts.txt", Zones = [new TacHost.Dns.DnsZoneFile("moon.zone")] }));
        application.AddService(new TacHost.Ftp.FtpServer("uploads", 12003) { Users = new PasswordFile("ftp.txt"), Certificate = TlsCertificate.FromPem("good.pem", "good.key") });
        application.AddService(new TacHost.Telnet.TelnetServer(12004, new PasswordFile("telnet.txt")));
        application.AddService(new TacHost.Proxies.PortForward.PortForwarder("tcp:12005", "tls:localhost:12006:trustRoots=target.pem"));
        application.AddService(new ClientService("tls:localhost:12007:certificate=client.pem:key=client.key", ClientFactory.ForProtocol(() => null)));
        application.AddService(new StreamClient("tls:localhost:12008:trustRoots=roots", ClientFactory.ForProtocol(() => null)));
        application.AddService(new FastPoetry.Services.PoetryProxy(new FastPoetry.Services.PoetryClient("tls:localhost:12009:trustRoots=proxy.pem")));

        """;

    /// <summary>What is removed; the rule, the line and the message.</summary>
    public static TheoryData<string, string, int, string> Missing => new()
    {
        { "files", "directory", 8, "the service 'site/WebServer' uses 'files', and there is no such directory in '" },
        { "files/404.html", "file", 8, "the service 'site/WebServer' reads 'files/404.html', and there is no such file in '" },
        { "web.txt", "file", 8, "the service 'site/WebServer' reads 'web.txt', and there is no such file in '" },
        { "logs", "directory", 8, "the service 'site/WebServer' uses 'logs', and there is no such directory in '" },
        { "hosts.txt", "file", 9, "the service 'site/DnsServer' reads 'hosts.txt', and there is no such file in '" },
        { "moon.zone", "file", 9, "the service 'site/DnsServer' reads 'moon.zone', and there is no such file in '" },
        { "uploads", "directory", 10, "the service 'site/FtpServer' uses 'uploads', and there is no such directory in '" },
        { "ftp.txt", "file", 10, "the service 'site/FtpServer' reads 'ftp.txt', and there is no such file in '" },
        { "good.pem", "certificate", 10, "the service 'site/FtpServer' presents the certificate 'good.pem', and there is no such file in '" },
        { "telnet.txt", "file", 11, "the service 'site/TelnetServer' reads 'telnet.txt', and there is no such file in '" },
        { "target.pem", "file", 12, "the service 'site/PortForwarder' reads 'target.pem', and there is no such file in '" },
        { "client.pem", "certificate", 13, "the service 'site/ClientService' presents the certificate 'client.pem', and there is no such file in '" },
        { "client.key", "certificate", 13, "the service 'site/ClientService' presents the certificate 'client.pem', which cannot be used: Could not find file '" },
        { "roots", "file", 14, "the service 'site/StreamClient' reads 'roots', and there is no such file in '" },
        { "proxy.pem", "file", 15, "the service 'site/PoetryProxy' reads 'proxy.pem', and there is no such file in '" },
    };

    [Theory]
    [MemberData(nameof(Missing))]
    public async Task Check_WithoutAFileOfAServer_NamesIt(string path, string rule, int line, string said)
    {
        await using var sandbox = Site();
        Remove(sandbox.PathOf(path));
        var mistake = (await MistakesAsync(sandbox))[0];

        Assert.StartsWith(said, mistake.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal((rule, "site.csx", line), (mistake.GetProperty("rule").GetString(), mistake.GetProperty("file").GetString(), mistake.GetProperty("line").GetInt32()));
    }

    [Theory]
    [InlineData("web.txt", "site/WebServer", "it does not have the form 'name:hash' or 'name:hash:home'")]
    [InlineData("ftp.txt", "site/FtpServer", "it does not have the form")]
    [InlineData("telnet.txt", "site/TelnetServer", "it does not have the form")]
    [InlineData("moon.zone", "site/DnsServer", "moon.zone")]
    public async Task Check_OfAFileThatCannotBeUsed_SaysWhy(string path, string service, string said)
    {
        await using var sandbox = Site();
        sandbox.Write(path, "poet\n");
        var message = Assert.Single(await MistakesAsync(sandbox)).GetProperty("message").GetString();

        Assert.StartsWith($"the service '{service}' reads '{path}', which cannot be used: ", message, StringComparison.Ordinal);
        Assert.Contains(said, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tree_OfServers_ShowsTheirFiles()
    {
        await using var sandbox = Site();
        Assert.Equal(new Outcome(0, "site.csx: nothing found\n", ""), await sandbox.TachostAsync("check", "site.csx"));

        var lines = (await sandbox.TachostAsync("tree", "site.csx")).Output.Split('\n');
        Assert.EndsWith("WebServer, listens on tcp:12001, uses files, reads files/404.html, reads web.txt, uses logs", lines[1], StringComparison.Ordinal);
        Assert.EndsWith("DnsServer, reads moon.zone, reads hosts.txt", lines[2], StringComparison.Ordinal);
        Assert.EndsWith("FtpServer, uses uploads, reads ftp.txt, presents the certificate good.pem", Assert.Single(lines, line => line.Contains("─ FtpServer", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.EndsWith(", presents the certificate client.pem", Assert.Single(lines, line => line.Contains("ClientService", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    private static Sandbox Site()
    {
        Sandbox sandbox = new();
        foreach (var directory in new[] { "files", "logs", "uploads", "roots" })
            Directory.CreateDirectory(sandbox.PathOf(directory));
        foreach (var users in new[] { "web.txt", "ftp.txt", "telnet.txt" })
            sandbox.Write(users, "poet:!\n");
        foreach (var host in new[] { "good", "client", "target", "proxy" })
            TestCertificates.WritePem(sandbox.Directory, host);
        sandbox.Write("files/404.html", "");
        sandbox.Write("hosts.txt", "");
        sandbox.Write("moon.zone", "$ORIGIN moon.\n@ 60 IN SOA ns.moon. admin.moon. 1 60 60 60 60\n@ 60 IN NS ns.moon.\n");
        sandbox.Write("site.csx", Tac);
        return sandbox;
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
        else
            File.Delete(path);
    }

    private static async Task<List<JsonElement>> MistakesAsync(Sandbox sandbox)
    {
        var outcome = await sandbox.TachostAsync("check", "--json", "site.csx");
        Assert.Equal(69, outcome.ExitCode);
        using var json = JsonDocument.Parse(outcome.Output);
        return [.. json.RootElement[0].GetProperty("mistakes").EnumerateArray().Select(each => each.Clone())];
    }
}
