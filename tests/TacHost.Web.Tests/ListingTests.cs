
namespace TacHost.Web.Tests;

public sealed class ListingTests : IAsyncDisposable
{
    private readonly Site _site = new();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Theory]
    [InlineData("plain.txt")]
    [InlineData("with space.txt")]
    [InlineData("100%.txt")]
    [InlineData("a&b=c?d#e;f+g.txt")]
    [InlineData("violetæ 💐.txt")]
    [InlineData("javascript:alert(1)")]
    [InlineData("<script>alert(1)</script>.txt")]
    [InlineData("\"onmouseover=\"alert(1)")]
    [InlineData("back\\slash.txt")]
    public async Task Listing_AnyName_IsEscapedAndItsLinkLeadsToTheFile(string name)
    {
        _site.Write($"sub/{name.Replace('/', '∕')}", "content of it");
        await _site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { ListDirectories = true });
        var page = await _site.CurlAsync("/sub/");
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\"onmouseover", page, StringComparison.Ordinal);
        var link = page.Split("<a href=\"./")[1].Split('"')[0];
        Assert.Equal((200, "content of it"), await _site.GetAsync($"/sub/{link}"));
    }

    [Fact]
    public async Task Listing_OfADirectory_HasSubdirectoriesFirstAndNoWayAboveTheTop()
    {
        _site.Write("b.txt", new byte[1536]);
        _site.Write("a.txt", "a");
        _site.Write("z/x", "x");
        await _site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { ListDirectories = true });
        var page = await _site.CurlAsync("/");
        Assert.True(page.IndexOf(">z/<", StringComparison.Ordinal) is > 0 and var z && page.IndexOf(">a.txt<", StringComparison.Ordinal) is var a && z < a && a < page.IndexOf(">b.txt<", StringComparison.Ordinal), page);
        Assert.Contains("1.5 KiB", page, StringComparison.Ordinal);
        Assert.DoesNotContain("../", page, StringComparison.Ordinal);
        Assert.Contains("href=\"../\"", await _site.CurlAsync("/z/"), StringComparison.Ordinal);
        Assert.Contains("location: /z/\r\n", await _site.HeadersAsync("/z"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listing_OfADirectoryWithAnIndexFile_IsThatFile()
    {
        _site.Write("index.html", "index");
        await _site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { ListDirectories = true });
        Assert.Equal("index", await _site.CurlAsync("/"));
    }

    [Fact]
    public async Task Listing_OfManyFiles_HasAllOfThem()
    {
        for (var i = 0; i < 3000; i++)
            _site.Write($"many/file-with-a-longish-name-{i:0000}.txt", "");
        await _site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { ListDirectories = true });
        Assert.Equal(3000, (await _site.CurlAsync("/many/")).Split("file-with-a-longish-name-").Length / 2);
    }

    [Fact]
    public async Task Listing_InChromium_IsAPageOfLinks()
    {
        _site.Write("roses & violets.txt", "x");
        _site.Write("<b>bold.txt", "x");
        await _site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { ListDirectories = true });
        var dom = await Chromium.DumpAsync(_site, "/");
        Assert.Contains("<title>Index of /</title>", dom, StringComparison.Ordinal);
        Assert.Contains(">roses &amp; violets.txt</a>", dom, StringComparison.Ordinal);
        Assert.Contains(">&lt;b&gt;bold.txt</a>", dom, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_InChromium_HasItsStyleAndItsScript()
    {
        _site.Write("index.html", "<!DOCTYPE html><html><head><link rel=stylesheet href=style.css><script type=module src=app.mjs></script></head><body><p id=p>raw</p></body></html>");
        _site.Write("style.css", "#p { color: rgb(1, 2, 3); }" + new string(' ', 2000));
        _site.Write("app.mjs", "addEventListener('load', () => { const p = document.getElementById('p'); p.textContent = 'violetæ ' + getComputedStyle(p).color; });" + new string(' ', 2000));
        await _site.StartAsync();
        Assert.Contains("violetæ rgb(1, 2, 3)", await Chromium.DumpAsync(_site, "/"), StringComparison.Ordinal);
    }
}
