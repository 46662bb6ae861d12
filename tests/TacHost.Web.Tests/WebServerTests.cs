
namespace TacHost.Web.Tests;

public sealed class WebServerTests : IAsyncDisposable
{
    private static readonly byte[] _bytes = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 7))];
    private readonly Site _site = new();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task File_Asked_IsSentWithItsTypeAndLength()
    {
        _site.Write("poem.txt", "violetæ\n");
        _site.Write("data.unheard-of", _bytes);
        await _site.StartAsync();
        Assert.Equal((200, "violetæ\n"), await _site.GetAsync("/poem.txt"));
        var text = await _site.HeadersAsync("/poem.txt");
        Assert.Contains("content-type: text/plain; charset=utf-8\r\n", text, StringComparison.Ordinal);
        Assert.Contains("x-content-type-options: nosniff\r\n", text, StringComparison.Ordinal);
        Assert.Contains("last-modified: ", text, StringComparison.Ordinal);
        var data = await _site.HeadersAsync("/data.unheard-of");
        Assert.Contains("content-type: application/octet-stream\r\n", data, StringComparison.Ordinal);
        Assert.Contains("content-length: 100000\r\n", data, StringComparison.Ordinal);
        Assert.Contains("accept-ranges: bytes\r\n", data, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("page.html", "text/html; charset=utf-8")]
    [InlineData("style.css", "text/css; charset=utf-8")]
    [InlineData("app.mjs", "text/javascript; charset=utf-8")]
    [InlineData("picture.svg", "image/svg+xml")]
    [InlineData("module.wasm", "application/wasm")]
    [InlineData("font.woff2", "font/woff2")]
    [InlineData("README.MD", "text/markdown; charset=utf-8")]
    [InlineData("odd.poem", "text/x-poem; charset=utf-8")]
    public async Task File_OfAKnownEnd_HasItsType(string name, string type)
    {
        _site.Write(name, "x");
        await _site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { ContentTypes = new Dictionary<string, string> { [".poem"] = "text/x-poem" } });
        Assert.Contains($"content-type: {type}\r\n", await _site.HeadersAsync($"/{name}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0-9", 206, 0, 10)]
    [InlineData("99990-", 206, 99_990, 10)]
    [InlineData("-10", 206, 99_990, 10)]
    [InlineData("50000-1000000", 206, 50_000, 50_000)]
    [InlineData("0-99999", 206, 0, 100_000)]
    public async Task Range_WithCurl_IsThatPart(string range, int status, int from, int count)
    {
        _site.Write("data.bin", _bytes);
        await _site.StartAsync();
        var part = _site.Files["part"];
        var answer = await _site.CurlAsync("/data.bin", "-r", range, "-o", part, "-w", "%{http_code}");
        Assert.Equal(status.ToString(System.Globalization.CultureInfo.InvariantCulture), answer);
        Assert.Equal(_bytes[from..(from + count)], await File.ReadAllBytesAsync(part, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Range_BeyondTheEnd_Is416WithTheLength()
    {
        _site.Write("data.bin", _bytes);
        await _site.StartAsync();
        var headers = await _site.HeadersAsync("/data.bin", "-r", "100000-");
        Assert.StartsWith("http/1.1 416 ", headers, StringComparison.Ordinal);
        Assert.Contains("content-range: bytes */100000\r\n", headers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Range_OfAFileThatHasChanged_IsAllOfIt()
    {
        var path = _site.Write("data.bin", _bytes);
        await _site.StartAsync();
        var tag = Tag(await _site.HeadersAsync("/data.bin"));
        Assert.Equal("206", await _site.CurlAsync("/data.bin", "-r", "0-9", "-H", $"If-Range: {tag}", "-o", _site.Files["part"], "-w", "%{http_code}"));
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddYears(40));
        Assert.Equal("200", await _site.CurlAsync("/data.bin", "-r", "0-9", "-H", $"If-Range: {tag}", "-o", _site.Files["part"], "-w", "%{http_code}"));
    }

    [Fact]
    public async Task Download_BrokenOff_IsResumedByCurl()
    {
        _site.Write("data.bin", _bytes);
        await _site.StartAsync();
        await File.WriteAllBytesAsync(_site.Files["part"], _bytes[..33_333], TestContext.Current.CancellationToken);
        await _site.CurlAsync("/data.bin", "-C", "-", "-o", _site.Files["part"]);
        Assert.Equal(_bytes, await File.ReadAllBytesAsync(_site.Files["part"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Condition_OnTagOrTime_IsAnsweredBy304UntilTheFileChanges()
    {
        var path = _site.Write("poem.txt", "roses");
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddYears(50));
        await _site.StartAsync();
        var headers = await _site.HeadersAsync("/poem.txt");
        var time = (await _site.CurlAsync("/poem.txt", "-I")).Split("Last-Modified: ")[1].Split("\r\n")[0];
        Assert.Equal((304, ""), await _site.GetAsync("/poem.txt", "-H", $"If-None-Match: {Tag(headers)}"));
        Assert.Equal((304, ""), await _site.GetAsync("/poem.txt", "-H", $"If-None-Match: \"other\", {Tag(headers)}"));
        Assert.Equal((304, ""), await _site.GetAsync("/poem.txt", "-H", $"If-Modified-Since: {time}"));
        Assert.Equal(200, (await _site.GetAsync("/poem.txt", "-H", "If-None-Match: \"other\"")).Status);
        Assert.Equal(412, (await _site.GetAsync("/poem.txt", "-H", "If-Match: \"other\"")).Status);

        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddYears(51));
        Assert.Equal(200, (await _site.GetAsync("/poem.txt", "-H", $"If-None-Match: {Tag(headers)}")).Status);
        Assert.Equal(200, (await _site.GetAsync("/poem.txt", "-H", $"If-Modified-Since: {time}")).Status);
    }

    [Fact]
    public async Task Head_Asked_HasTheHeadersAlone()
    {
        _site.Write("poem.txt", "roses");
        await _site.StartAsync();
        var answer = await _site.CurlAsync("/poem.txt", "-I");
        Assert.StartsWith("HTTP/1.1 200 OK", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Length: 5\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Method_ThatWouldChange_IsRefused(string method)
    {
        _site.Write("poem.txt", "roses");
        await _site.StartAsync();
        var headers = await _site.HeadersAsync("/poem.txt", "-X", method, "-d", "x");
        Assert.StartsWith("http/1.1 405 ", headers, StringComparison.Ordinal);
        Assert.Contains("allow: get, head\r\n", headers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Directory_WithAnIndexFile_IsThatFileBehindASlash()
    {
        _site.Write("index.html", "top");
        _site.Write("sub/index.html", "below");
        await _site.StartAsync();
        Assert.Equal((200, "top"), await _site.GetAsync("/"));
        Assert.Equal((200, "below"), await _site.GetAsync("/sub/"));
        Assert.Contains("location: /sub/\r\n", await _site.HeadersAsync("/sub"), StringComparison.Ordinal);
        Assert.Contains("location: /sub/?a=b\r\n", await _site.HeadersAsync("/sub?a=b"), StringComparison.Ordinal);
        Assert.Equal((200, "below"), await _site.GetAsync("/sub", "-L"));
    }

    [Fact]
    public async Task Directory_WithoutAnIndexFile_Is404()
    {
        _site.Write("sub/a.txt", "a");
        await _site.StartAsync();
        Assert.Equal(404, (await _site.GetAsync("/sub/")).Status);
        Assert.Equal(404, (await _site.GetAsync("/")).Status);
    }

    [Fact]
    public async Task IndexFiles_Several_TheFirstThatIsThereCounts()
    {
        _site.Write("a/start.htm", "start");
        _site.Write("b/start.htm", "start");
        _site.Write("b/home.html", "home");
        await _site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { IndexFiles = ["home.html", "start.htm"] });
        Assert.Equal("start", await _site.CurlAsync("/a/"));
        Assert.Equal("home", await _site.CurlAsync("/b/"));
    }

    [Fact]
    public async Task Headers_Given_AreInEveryAnswer()
    {
        _site.Write("poem.txt", "roses");
        await _site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { Headers = [new("Cache-Control", "no-cache"), new("X-Poet", "anonymous")] });
        foreach (var path in (string[])["/poem.txt", "/missing"])
        {
            var headers = await _site.HeadersAsync(path);
            Assert.Contains("cache-control: no-cache\r\n", headers, StringComparison.Ordinal);
            Assert.Contains("x-poet: anonymous\r\n", headers, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Tls_WithCurl_IsHttpTwo()
    {
        _site.Write("poem.txt", "roses");
        await _site.StartWithTlsAsync();
        Assert.Equal("roses 2", await _site.CurlAsync("/poem.txt", "-w", " %{http_version}"));
        Assert.Equal("ros 206 2", await _site.CurlAsync("/poem.txt", "-r", "0-2", "-w", " %{http_code} %{http_version}"));
    }

    [Fact]
    public async Task Root_ALinkThatIsTurned_ServesTheOtherDirectory()
    {
        _site.Write("one/poem.txt", "one");
        _site.Write("two/poem.txt", "two");
        var link = Directory.CreateSymbolicLink(_site.Files["current"], Path.Combine(_site.Root, "one")).FullName;
        await _site.StartAsync(_ => new WebServer(0, link, "127.0.0.1"));
        Assert.Equal("one", await _site.CurlAsync("/poem.txt"));
        Directory.CreateSymbolicLink(_site.Files["next"], Path.Combine(_site.Root, "two"));
        await RealClient.RunAsync("mv", "", "-T", _site.Files["next"], link);
        Assert.Equal("two", await _site.CurlAsync("/poem.txt"));
    }

    [Fact]
    public async Task Start_WithoutTheDirectory_FailsInWords()
    {
        var failure = await Assert.ThrowsAsync<IOException>(() => _site.StartAsync(root => new WebServer(0, root + "/nowhere", "127.0.0.1")));
        Assert.Contains("nowhere' cannot be served: No such file or directory", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoint_Given_IsListenedOn()
    {
        _site.Write("poem.txt", "roses");
        await _site.StartAsync(root => new WebServer($"unix:{_site.Files["web.sock"]}", root));
        Assert.Equal("roses", await RealClient.RunAsync("curl", "", "-s", "--unix-socket", _site.Files["web.sock"], "http://localhost/poem.txt"));
    }

    private static string Tag(string headers) => headers.Split("etag: ")[1].Split("\r\n")[0];
}
