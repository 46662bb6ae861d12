using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TacHost.Services;
using TacHost.Services.Networking;
using TacHost.Web.Passwords;

namespace TacHost.Web.Tests.Passwords;

public sealed class BasicAuthenticationTests : IAsyncDisposable
{
    private readonly Site _site = new();

    private string Users => _site.Files["users"];

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task Request_NeedsNameAndPassword()
    {
        await StartAsync();
        Assert.Equal(401, (await _site.GetAsync("/poem.txt")).Status);
        Assert.Contains("www-authenticate: basic realm=\"password required\", charset=\"utf-8\"\r\n", await _site.HeadersAsync("/poem.txt"), StringComparison.Ordinal);
        Assert.Contains("x-content-type-options: nosniff\r\n", await _site.HeadersAsync("/poem.txt"), StringComparison.Ordinal);
        Assert.Equal((200, "roses"), await _site.GetAsync("/poem.txt", "-u", "alice:secret"));
        Assert.Equal((200, "roses"), await _site.GetAsync("/poem.txt", "-u", "alice:secret"));
        Assert.Equal((200, "roses"), await _site.GetAsync("/poem.txt", "-u", "jörg:pass:wörd"));
        foreach (var wrong in new[] { "alice:Secret", "bob:secret", "locked:secret", ":", "alice:" })
            Assert.Equal(401, (await _site.GetAsync("/poem.txt", "-u", wrong)).Status);
        Assert.Equal(401, (await _site.GetAsync("/nowhere", "-X", "PUT")).Status);
        Assert.Contains(_site.Log.Lines, line => line.Level == LogLevel.Warning && line.Text == "127.0.0.1 has given a wrong password for 'bob'");
        Assert.DoesNotContain(_site.Log.Lines, line => line.Text.Contains("Secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Bearer YWxpY2U6c2VjcmV0")]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic %%%")]
    [InlineData("Basic YWxpY2U")]
    [InlineData("Basic /////w==")]
    [InlineData("Basic YWxpY2U=")]
    [InlineData("Basic YWxpY2U6c2VjcmV0, Basic YWxpY2U6c2VjcmV0")]
    public async Task Header_ThatIsNone_IsAskedAgainAndCountsNotAsAGuess(string header)
    {
        await StartAsync();
        for (var i = 0; i <= GuessLimit.MostInAMinute; i++)
            Assert.Equal(401, (await _site.GetAsync("/poem.txt", "-H", $"Authorization: {header}")).Status);
    }

    [Fact]
    public async Task WrongPasswords_OfOneClient_AreLimited()
    {
        await StartAsync();
        Assert.Equal(200, (await _site.GetAsync("/poem.txt", "-u", "alice:secret")).Status);
        for (var i = 0; i < GuessLimit.MostInAMinute; i++)
            Assert.Equal(401, (await _site.GetAsync("/poem.txt", "-u", $"alice:{i}")).Status);

        // The right one, too: otherwise the limit would tell it from the wrong ones.
        Assert.Equal(429, (await _site.GetAsync("/poem.txt", "-u", "alice:secret")).Status);
        Assert.Contains("retry-after: 60\r\n", await _site.HeadersAsync("/poem.txt", "-u", "alice:x"), StringComparison.Ordinal);
        Assert.Equal(200, (await _site.GetAsync("/poem.txt", "-u", "alice:secret", "--interface", "127.0.0.2")).Status);
    }

    [Fact]
    public async Task SimultaneousRequests_WithOneRightPassword_AreNoGuesses()
    {
        await StartAsync();
        using HttpClient client = new();
        client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String("alice:secret"u8));
        var answers = await Task.WhenAll(Enumerable.Range(0, 4 * GuessLimit.MostInAMinute).Select(_ => client.GetStringAsync(new Uri($"{_site.Address.Replace("localhost", "127.0.0.1", StringComparison.Ordinal)}/poem.txt"), TestContext.Current.CancellationToken)));
        Assert.All(answers, answer => Assert.Equal("roses", answer));
    }

    [Fact]
    public async Task File_ThatChanges_CountsAtOnce()
    {
        await StartAsync();
        Assert.Equal(200, (await _site.GetAsync("/poem.txt", "-u", "alice:secret")).Status);
        await File.WriteAllTextAsync(Users, "# nobody is left\n", TestContext.Current.CancellationToken);
        Assert.Equal(401, (await _site.GetAsync("/poem.txt", "-u", "alice:secret")).Status);
        await File.WriteAllTextAsync(Users, "alice:secret\n", TestContext.Current.CancellationToken);
        Assert.Equal((503, "Passwords cannot be checked at present.\n"), await _site.GetAsync("/poem.txt", "-u", "alice:secret"));
        Assert.Contains(_site.Log.Lines, line => line.Level == LogLevel.Error && line.Text.Contains("has a password in plain text", StringComparison.Ordinal));
    }

    [Fact]
    public async Task File_ThatIsNotGood_StopsTheStart()
    {
        await File.WriteAllTextAsync(Users, "alice:secret\n", TestContext.Current.CancellationToken);
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => _site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { Passwords = new PasswordFile(Users) }));
        Assert.Contains("has a password in plain text", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerBehind_GetsTheNameAndNotThePassword()
    {
        HttpServer upstream = new(0, context => context.Response.WriteAsync($"user={context.Request.Headers["X-Forwarded-User"]} authorization={context.Request.Headers.Authorization}"), "127.0.0.1");
        await using var running = await RunningService.StartAsync(upstream);
        await StartAsync(new Dictionary<string, Uri> { ["/api"] = new($"http://{upstream.LocalAddresses[0]}") });
        Assert.Equal((200, "user=j%C3%B6rg authorization="), await _site.GetAsync("/api/x", "-u", "jörg:pass:wörd", "-H", "X-Forwarded-User: root"));
        Assert.Equal(401, (await _site.GetAsync("/api/x")).Status);
    }

    [Fact]
    public async Task AccessLog_HasTheName()
    {
        await StartAsync();
        await _site.GetAsync("/poem.txt", "-u", "alice:secret");
        await _site.GetAsync("/poem.txt", "-u", "alice:wrong");
        await Until.TrueAsync(() => _site.Log.Lines.Count(line => line.Text.Contains("GET /poem.txt", StringComparison.Ordinal)) == 2, "the lines of two requests");
        Assert.Contains(_site.Log.Lines, line => line.Text.StartsWith("127.0.0.1 - alice [", StringComparison.Ordinal) && line.Text.Contains("\" 200 5 ", StringComparison.Ordinal));
        Assert.Contains(_site.Log.Lines, line => line.Text.StartsWith("127.0.0.1 - - [", StringComparison.Ordinal) && line.Text.Contains("\" 401 ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("127.0.0.1", false, false)]
    [InlineData("0.0.0.0", false, true)]
    [InlineData("0.0.0.0", true, false)]
    public async Task Listening_WithoutTlsWhereOthersReachIt_Warns(string iface, bool tls, bool warns)
    {
        WriteUsers();
        var (certificate, key) = TestCertificates.WritePem(_site.Files, "localhost");
        var endpoint = tls ? ServerEndpoint.Tls(0, new TlsOptions(TlsCertificate.FromPem(certificate, key)), iface) : ServerEndpoint.Tcp(0, iface);
        await _site.StartAsync(root => new WebServer(endpoint, root) { Passwords = new PasswordFile(Users) });
        Assert.Equal(warns, _site.Log.Lines.Any(line => line.Level == LogLevel.Warning && line.Text.Contains("readable on the network", StringComparison.Ordinal)));
    }

    private void WriteUsers()
    {
        // htpasswd -nbB -C 4, of "secret" and of "pass:wörd".
        File.WriteAllText(Users, "alice:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\nlocked:!$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\njörg:$2y$04$5DdzBO3JVJMILcgsXSNbMOs1VhHNCvAhcH3hiBJsCpog59VSwVnim\n");
    }

    private Task StartAsync(Dictionary<string, Uri>? proxies = null)
    {
        WriteUsers();
        _site.Write("poem.txt", "roses");
        return _site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { Passwords = new PasswordFile(Users), LogRequests = true, Proxies = proxies ?? [] });
    }
}
