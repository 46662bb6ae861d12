using System.IO.Compression;

namespace TacHost.Web.Tests;

public sealed class CompressionTests : IAsyncDisposable
{
    private static readonly string _text = string.Concat(Enumerable.Repeat("Roses are red, violetæ are blue.\n", 1000));
    private readonly Site _site = new();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("br", "br")]
    [InlineData("gzip, deflate, br", "br")]
    [InlineData("gzip;q=1.0, br;q=0.5", "gzip")]
    public async Task Text_ForAClientThatReadsIt_IsCompressedAndHasAWeakTag(string accepted, string encoding)
    {
        _site.Write("poem.txt", _text);
        await _site.StartAsync();
        var file = _site.Files["body"];
        var headers = (await _site.CurlAsync("/poem.txt", "-H", $"Accept-Encoding: {accepted}", "-o", file, "-D", "-")).ToLowerInvariant();
        Assert.Contains($"content-encoding: {encoding}\r\n", headers, StringComparison.Ordinal);
        Assert.Contains("vary: accept-encoding\r\n", headers, StringComparison.Ordinal);
        Assert.DoesNotContain("content-length", headers, StringComparison.Ordinal);
        Assert.Contains("etag: w/\"", headers, StringComparison.Ordinal);
        await using var body = File.OpenRead(file);
        Assert.InRange(body.Length, 1, _text.Length / 5);
        await using Stream plain = encoding == "br" ? new BrotliStream(body, CompressionMode.Decompress) : new GZipStream(body, CompressionMode.Decompress);
        Assert.Equal(_text, await new StreamReader(plain).ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Text_WithCurlThatUnpacks_IsTheText()
    {
        _site.Write("poem.txt", _text);
        await _site.StartWithTlsAsync();
        Assert.Equal(_text, await _site.CurlAsync("/poem.txt", "--compressed"));
    }

    [Fact]
    public async Task Tag_OfTheCompressedForm_StandsForTheFile()
    {
        _site.Write("poem.txt", _text);
        await _site.StartAsync();
        var tag = (await _site.CurlAsync("/poem.txt", "--compressed", "-o", "/dev/null", "-D", "-")).Split("ETag: ")[1].Split("\r\n")[0];
        Assert.StartsWith("W/", tag, StringComparison.Ordinal);
        Assert.Equal((304, ""), await _site.GetAsync("/poem.txt", "--compressed", "-H", $"If-None-Match: {tag}"));
    }

    [Fact]
    public async Task Range_OfAText_IsNotCompressed()
    {
        _site.Write("poem.txt", _text);
        await _site.StartAsync();
        var headers = await _site.HeadersAsync("/poem.txt", "-H", "Accept-Encoding: gzip, br", "-r", "0-999");
        Assert.StartsWith("http/1.1 206 ", headers, StringComparison.Ordinal);
        Assert.DoesNotContain("content-encoding", headers, StringComparison.Ordinal);
        Assert.Contains("content-length: 1000\r\n", headers, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("picture.png", 100_000, true)]
    [InlineData("short.txt", 100, true)]
    [InlineData("poem.txt", 100_000, false)]
    public async Task Answer_ThatWouldGainNothingOrShallNot_IsSentAsItIs(string name, int length, bool compress)
    {
        _site.Write(name, new byte[length]);
        await _site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { Compress = compress });
        var headers = await _site.HeadersAsync($"/{name}", "-H", "Accept-Encoding: gzip, br");
        Assert.DoesNotContain("content-encoding", headers, StringComparison.Ordinal);
        Assert.Contains($"content-length: {length}\r\n", headers, StringComparison.Ordinal);
    }
}
