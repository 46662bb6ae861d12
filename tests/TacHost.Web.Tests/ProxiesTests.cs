using System.Net;
using Microsoft.AspNetCore.Http;

namespace TacHost.Web.Tests;

public sealed class ProxiesTests : IAsyncDisposable
{
    private readonly Site _site = new();
    private RunningService? _upstream;
    private IReadOnlyList<IPNetwork> _trusted = [];
    private string _upstreamAddress = "";

    public async ValueTask DisposeAsync()
    {
        await _site.DisposeAsync();
        if (_upstream is not null)
            await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task Request_BelowThePath_IsAnsweredByTheOther()
    {
        await StartAsync(context => context.Response.WriteAsync($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} host={context.Request.Host} for={context.Request.Headers["X-Forwarded-For"]} proto={context.Request.Headers["X-Forwarded-Proto"]}"), "/api", "/v1");
        var host = new Uri(_upstreamAddress).Authority;
        Assert.Equal((200, $"GET /v1/poems?x=%20y host={host} for=127.0.0.1 proto=http"), await _site.GetAsync("/api/poems?x=%20y"));
        Assert.Equal((200, $"GET /v1 host={host} for=127.0.0.1 proto=http"), await _site.GetAsync("/api"));
        Assert.Equal((200, "static"), await _site.GetAsync("/apiary.txt"));
        Assert.Equal((200, "static"), await _site.GetAsync("/file.txt"));
    }

    [Theory]
    [InlineData("127.0.0.0/8", "192.0.2.1 192.0.2.1")]
    [InlineData("192.0.2.0/24", "127.0.0.1 127.0.0.1")]
    [InlineData(null, "127.0.0.1 127.0.0.1")]
    public async Task ForwardingHeaders_OfAClient_CountIfItIsATrustedProxy(string? trusted, string told)
    {
        _trusted = trusted is null ? [] : [IPNetwork.Parse(trusted)];
        await StartAsync(context => context.Response.WriteAsync($"{context.Request.Headers["X-Forwarded-For"]} {context.Request.Headers["X-Real-IP"]}"));
        Assert.Equal((200, told), await _site.GetAsync("/api/x", "-H", "X-Forwarded-For: 192.0.2.1", "-H", "X-Real-IP: 198.51.100.1"));
    }

    [Theory]
    [InlineData("/api/a%2Fb", "/v1/a%2Fb")]
    [InlineData("/api/a%2fb%20c?q=%2F", "/v1/a%2fb%20c?q=%2F")]
    [InlineData("/api/a%252Fb", "/v1/a%252Fb")]
    [InlineData("/api/%C3%BC/%2F", "/v1/%C3%BC/%2F")]
    [InlineData("/%61pi/a%2Fb", "/v1/a%2Fb")]
    [InlineData("/api/%2F..%2Fsecret", "/v1/%252F..%252Fsecret")]
    [InlineData("/api/%2F%2e%2e/secret", "/v1/%252F../secret")]
    public async Task Request_WithEncodedSlashes_KeepsThem(string asked, string expected)
    {
        await StartAsync(context => context.Response.WriteAsync(context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget), "/api", "/v1");
        Assert.Equal(expected, await _site.CurlAsync(asked));
    }

    [Theory]
    [InlineData("http://localhost/api/a%2Fb?q=1", "/v1/a%2Fb?q=1")]
    [InlineData("http://localhost/api/%2F..%2Fsecret", "/v1/secret")]
    public async Task Request_InAbsoluteForm_KeepsEncodedSlashes(string target, string expected)
    {
        await StartAsync(context => context.Response.WriteAsync(context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget), "/api", "/v1");
        Assert.Equal(expected, await _site.CurlAsync("/", "--request-target", target, "-H", "Host: localhost"));
    }

    [Fact]
    public async Task Body_ThatIsBroken_IsAFewShortLines()
    {
        await StartAsync(async context => await context.Request.Body.CopyToAsync(Stream.Null));
        for (var i = 0; i < 30; i++)
        {
            using var client = await Client.ConnectAsync(_site.Server!.LocalAddresses[0]);
            await client.SendAsync("POST /api/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnot hexadecimal\r\n");
            await client.ReadUntilAsync("HTTP/1.1 400");
        }

        Assert.DoesNotContain(_site.Log.Lines, line => line.Failure is not null && line.Level > Microsoft.Extensions.Logging.LogLevel.Debug);
        Assert.InRange(_site.Log.Lines.Count(line => line.Text.Contains("not HTTP", StringComparison.Ordinal) || line.Text.Contains("broke off", StringComparison.Ordinal) || line.Text.Contains("did not answer", StringComparison.Ordinal)), 1, 2 * 10);
    }

    [Fact]
    public async Task Request_WithABody_IsPassedOnWithTheAnswersHeadersAndStatus()
    {
        await StartAsync(async context =>
        {
            using StreamReader reader = new(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            context.Response.StatusCode = 201;
            context.Response.Headers["X-Length"] = $"{body.Length}";
            await context.Response.WriteAsync(body[..5]);
        });
        await File.WriteAllTextAsync(_site.Files["upload"], "hello" + new string('x', 40_000_000), TestContext.Current.CancellationToken);
        var answer = await _site.CurlAsync("/api/x", "-D", "-", "-H", "Expect:", "--data-binary", $"@{_site.Files["upload"]}");
        Assert.Contains(" 201 Created", answer, StringComparison.Ordinal);
        Assert.Contains("X-Length: 40000005", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nhello", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_ThatComesInPieces_IsPassedOnAtOnce()
    {
        TaskCompletionSource goOn = new();
        await StartAsync(async context =>
        {
            await context.Response.WriteAsync("first");
            await context.Response.Body.FlushAsync();
            await goOn.Task;
            await context.Response.WriteAsync(" second");
        });
        using HttpClient client = new();
        using var answer = await client.GetAsync($"http://127.0.0.1:{_site.Port}/api/x", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken).Soon();
        await using var body = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var first = new byte[5];
        await body.ReadExactlyAsync(first, TestContext.Current.CancellationToken).AsTask().Soon();
        goOn.SetResult();
        using StreamReader rest = new(body);
        Assert.Equal(" second", await rest.ReadToEndAsync(TestContext.Current.CancellationToken).Soon());
    }

    [Fact]
    public async Task Redirection_OfTheOther_IsForTheClient()
    {
        await StartAsync(context =>
        {
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });
        Assert.Contains("location: /elsewhere", await _site.HeadersAsync("/api/x"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_ThatIsNotThere_IsAnsweredBy502AndLogged()
    {
        await StartAsync(_ => Task.CompletedTask);
        await _upstream!.StopAsync();
        Assert.Equal(502, (await _site.GetAsync("/api/x")).Status);
        Assert.Contains(_site.Log.Lines, line => line.Level == Microsoft.Extensions.Logging.LogLevel.Warning);
        Assert.Equal((200, "static"), await _site.GetAsync("/file.txt"));
    }

    [Fact]
    public async Task Paths_OneWithinAnother_TheLongerCounts()
    {
        await StartAsync(context => context.Response.WriteAsync($"{context.Request.Path}"), "/api", "/short", ("/api/deep", "/long"));
        Assert.Equal("/long/x", await _site.CurlAsync("/api/deep/x"));
        Assert.Equal("/short/deeper/x", await _site.CurlAsync("/api/deeper/x"));
    }

    [Fact]
    public async Task Root_AsThePath_PassesEverythingOn()
    {
        await StartAsync(context => context.Response.WriteAsync($"{context.Request.Path}"), "/", "");
        Assert.Equal("/file.txt", await _site.CurlAsync("/file.txt"));
    }

    private async Task StartAsync(RequestDelegate answer, string path = "/api", string prefix = "", params (string Path, string Prefix)[] more)
    {
        HttpServer upstream = new(0, answer, "127.0.0.1") { Configure = options => options.Limits.MaxRequestBodySize = null };
        _upstream = await RunningService.StartAsync(upstream);
        _upstreamAddress = $"http://127.0.0.1:{((IPEndPoint)upstream.LocalAddresses[0]).Port}";
        _site.Write("file.txt", "static");
        _site.Write("apiary.txt", "static");
        await _site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { TrustedProxies = _trusted, Proxies = more.Append((path, prefix)).ToDictionary(each => each.Item1, each => new Uri(_upstreamAddress + each.Item2)) });
    }
}
