using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using TacHost.Web.Files;
using TacHost.Web.Passwords;
using TacHost.Web.Plugin;

namespace TacHost.Web.Tests;

/// <summary>Mutated input for the parsers of files and of requests: a parser accepts it or refuses it by its own exception, and nothing else.</summary>
public sealed class ParserFuzzTests : IAsyncDisposable
{
    private const int Short = 1_000, Long = 50_000;

    private static readonly string[] _types = ["# MIME\naudio/flac\tflac\nvideo/mp2t  m2t ts # both\ntext/plain;charset=utf-8 a .b\n\napplication/x\n"];

    private static readonly string[] _credentials = ["Basic YWxpY2U6c2VjcmV0", "basic  w7xtbDpwOmE=", "Basic Og==", "Bearer x"];

    private static readonly string[] _options = ["X-Poet: anonymous", "/api=http://127.0.0.1:9000/v1", "Cache-Control: no-cache, max-age=0"];

    /// <summary>Requests for files, through the proxy rule, with bodies, and with forwarding headers of a trusted proxy.</summary>
    private static readonly string[] _requests =
    [
        "GET /poem.txt?a=%2F HTTP/1.1\r\nHost: a\r\nRange: bytes=0-2\r\nIf-None-Match: \"x\"\r\nAuthorization: Basic YWxpY2U6c2VjcmV0\r\n\r\n",
        "GET /api/a%2Fb/%2e%2e/c HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.1, [2001:db8::1]:5\r\nX-Forwarded-Proto: https\r\n\r\n",
        "POST /api/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nTrailer: 1\r\n\r\n",
        "HEAD /dir/../.git/%00 HTTP/1.0\r\nAccept-Encoding: br;q=1, gzip;q=0.5\r\nIf-Modified-Since: Sun, 29 Nov 2026 02:22:00 GMT\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    ];

    private readonly Site _site = new();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public void Parsers_MutatedInput_ThrowNothingElse() => Run(Short);

    [Fact]
    [LongSet]
    public void Parsers_MuchMutatedInput_ThrowNothingElse() => Run(Long);

    [Fact]
    public Task Requests_Mutated_LeaveTheServerWhole() => AskAsync(100);

    [Fact]
    [LongSet]
    public Task Requests_MuchMutated_LeaveTheServerWhole() => AskAsync(5_000);

    private void Run(int count)
    {
        Random random = new(1021);
        for (var i = 0; i < count; i++)
        {
            var credentials = Mutation.Of(random, _credentials);
            Mutation.Try<FormatException>(credentials, () => BasicCredentials.Parse(credentials), isRefused: false);
            var option = Mutation.Of(random, _options);
            Mutation.Try<FormatException>(option, () => HeaderField.Parse(option, null));
            Mutation.Try<FormatException>(option, () => ProxyRule.Parse(option, null));
        }

        for (var i = 0; i < count / 10; i++)
        {
            File.WriteAllBytes(_site.Files["mime.types"], Mutation.Of(random, Encoding.UTF8.GetBytes(_types[0])));
            Mutation.Try<FormatException>(_types[0], () => new ContentTypes(new Dictionary<string, string>(), _site.Files["mime.types"]).TryGetContentType("a.flac", out _), isRefused: false);
        }
    }

    private async Task AskAsync(int count)
    {
        HttpServer upstream = new(0, async context => await context.Request.Body.CopyToAsync(Stream.Null), "127.0.0.1");
        await using var running = await RunningService.StartAsync(upstream);
        _site.Write("poem.txt", "roses");
        await _site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { LogRequests = true, ListDirectories = true, FallbackFile = "poem.txt", Proxies = new Dictionary<string, Uri> { ["/api"] = new($"http://{upstream.LocalAddresses[0]}") } });
        Random random = new(1021);
        for (var i = 0; i < count; i++)
        {
            using Socket client = new(SocketType.Stream, ProtocolType.Tcp);
            await client.ConnectAsync(_site.Server!.LocalAddresses[0], TestContext.Current.CancellationToken);
            await client.SendAsync(Encoding.Latin1.GetBytes(Mutation.Of(random, _requests)), TestContext.Current.CancellationToken);
            client.Shutdown(SocketShutdown.Send);
            await ReadToEndAsync(client).Soon();
        }

        Assert.Equal((200, "roses"), await _site.GetAsync("/poem.txt"));
        Assert.DoesNotContain(_site.Log.Lines.Where(line => line.Level >= LogLevel.Information), line => line.Failure is not null || line.Text.Contains('\n', StringComparison.Ordinal));
    }

    private static async Task ReadToEndAsync(Socket client)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await client.ReceiveAsync(buffer, TestContext.Current.CancellationToken) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // A request that is none is answered by a reset, too.
        }
    }
}
