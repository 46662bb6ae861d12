using System.Net;
using TacHost.Services.Plugins;
using TacHost.Web.Plugin;

namespace TacHost.Web.Tests.Plugin;

public sealed class WebServiceMakerTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Options_ByDefault_AreSafe()
    {
        var server = Make("--root", _files.Path);
        Assert.False(server.ListDirectories);
        Assert.False(server.ServeDotFiles);
        Assert.True(server.Compress);
        Assert.True(server.LogRequests);
        Assert.Equal(["index.html"], server.IndexFiles);
    }

    [Fact]
    public async Task Options_All_AreHeeded()
    {
        await File.WriteAllTextAsync(_files["home.poem"], "roses", TestContext.Current.CancellationToken);
        var server = Make(
            "-p", "0", "--iface", "127.0.0.1", "-r", _files.Path, "--index", "home.poem", "--list", "--dot-files", "--no-compress", "-H", "X-Poet: anonymous", "--content-type", "poem=text/plain",
            "--proxy", "/api=http://127.0.0.1:1/", "--proxy", "/other/=https://localhost/x", "--access-log", _files["access.log"]);
        Assert.False(server.LogRequests);
        Assert.Equal(["/api", "/other"], server.Proxies.Keys.Order());
        await using (await RunningService.StartAsync(server))
        {
            var answer = await RealClient.RunAsync("curl", "", "-s", "-D", "-", $"http://127.0.0.1:{((IPEndPoint)server.LocalAddresses[0]).Port}/");
            Assert.Contains("X-Poet: anonymous\r\n", answer, StringComparison.Ordinal);
            Assert.Contains("X-Content-Type-Options: nosniff\r\n", answer, StringComparison.Ordinal);
            Assert.Contains("Content-Type: text/plain; charset=utf-8\r\n", answer, StringComparison.Ordinal);
            Assert.EndsWith("\r\n\r\nroses", answer, StringComparison.Ordinal);
        }

        Assert.Single(await File.ReadAllLinesAsync(_files["access.log"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Options_ForTls_SpeakIt()
    {
        var (certificate, key) = TestCertificates.WritePem(_files, "localhost");
        var server = Make("-p", "0", "--iface", "127.0.0.1", "-r", _files.Path, "--list", "--tls-cert", certificate, "--tls-key", key);
        await using var running = await RunningService.StartAsync(server);
        var port = ((IPEndPoint)server.LocalAddresses[0]).Port;
        Assert.EndsWith(" 200 2", await RealClient.RunAsync("curl", "", "-s", "--cacert", certificate, "--resolve", $"localhost:{port}:127.0.0.1", "-w", " %{http_code} %{http_version}", $"https://localhost:{port}/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_WithAnEndpoint_ListenThere()
    {
        var server = Make("--endpoint", $"unix:{_files["web.sock"]}", "-r", _files.Path, "--list");
        await using var running = await RunningService.StartAsync(server);
        Assert.Contains("Index of /", await RealClient.RunAsync("curl", "", "-s", "--unix-socket", _files["web.sock"], "http://localhost/"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port", "65536")]
    [InlineData("--port", "http")]
    [InlineData("--iface", "a b")]
    [InlineData("--endpoint", "tcq:80")]
    [InlineData("--root", "/nowhere/at/all")]
    [InlineData("--index", "a/b")]
    [InlineData("--header", "no colon")]
    [InlineData("--header", "bad name: x")]
    [InlineData("--header", "x: \u00e9")]
    [InlineData("--content-type", "poem")]
    [InlineData("--content-type", ".poem=plain")]
    [InlineData("--tls-cert", "/nowhere.pem")]
    [InlineData("--tls-key", "/nowhere.pem")]
    [InlineData("--proxy", "api=http://127.0.0.1/")]
    [InlineData("--proxy", "/api=ftp://127.0.0.1/")]
    [InlineData("--proxy", "/api=http://127.0.0.1/?q")]
    [InlineData("--proxy", "/api")]
    [InlineData("--access-log", "")]
    [InlineData("--list=x")]
    [InlineData("--dot-files=x")]
    [InlineData("--no-compress=x")]
    [InlineData("--no-log-requests=x")]
    [InlineData("--port=80", "--endpoint", "tcp:80")]
    [InlineData("--iface=::1", "--endpoint", "tcp:80")]
    [InlineData("--proxy=/a=http://127.0.0.1/", "--proxy=/a/=http://127.0.0.2/")]
    [InlineData("--tls-key=/etc/passwd")]
    public void Options_BadValue_IsToldInOneLine(params string[] words)
    {
        var failure = Assert.Throws<UsageException>(() => OptionParser.Parse<WebCommandLine>(words));
        Assert.DoesNotContain('\n', failure.Message);
        Assert.Contains(words[0].Split('=')[0], failure.Message, StringComparison.Ordinal);
    }

    private static WebServer Make(params string[] words) => (WebServer)((IServiceMaker)new WebServiceMaker()).MakeService(OptionParser.Parse<WebCommandLine>(words));
}
