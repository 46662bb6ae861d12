using TacHost.Web.Files;

namespace TacHost.Web.Tests;

/// <summary>Pages for what is not there, and content types of the system.</summary>
public sealed class PagesTests
{
    [Theory]
    [InlineData("/nowhere", 404, "<p>gone</p>")]
    [InlineData("/no/where.txt", 404, "<p>gone</p>")]
    [InlineData("/poem.txt", 200, "roses")]
    public async Task NotFoundFile_PathThatIsNotThere_GetsThePageWithStatus404(string path, int status, string body)
    {
        await using Site site = new();
        site.Write("404.html", "<p>gone</p>");
        site.Write("poem.txt", "roses");
        await site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { NotFoundFile = "404.html" });
        Assert.Equal((status, body), await site.GetAsync(path));
        var headers = await site.HeadersAsync(path, "--head");
        Assert.Contains($"content-length: {body.Length}", headers, StringComparison.Ordinal);
        Assert.Equal(status == 404, headers.Contains("text/html; charset=utf-8", StringComparison.Ordinal));
    }

    [Fact]
    public async Task NotFoundFile_ThatLeadsOutOfTheRootOrIsMissing_IsALineOfText()
    {
        await using Site site = new();
        Directory.CreateDirectory(site.Root);
        File.WriteAllText(site.Files["secret"], "secret");
        File.CreateSymbolicLink(Path.Combine(site.Root, "404.html"), site.Files["secret"]);
        await site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { NotFoundFile = "404.html" });
        Assert.Equal((404, "There is no such file here.\n"), await site.GetAsync("/nowhere"));
        File.Delete(Path.Combine(site.Root, "404.html"));
        Assert.Equal((404, "There is no such file here.\n"), await site.GetAsync("/nowhere"));
    }

    [Theory]
    [InlineData("/", 200, "app")]
    [InlineData("/orders/17", 200, "app")]
    [InlineData("/orders/17?x=1.5", 200, "app")]
    [InlineData("/missing.js", 404, "There is no such file here.\n")]
    [InlineData("/.git/config", 404, "There is no such file here.\n")]
    [InlineData("/poem.txt", 200, "roses")]
    public async Task FallbackFile_PathOfASinglePageApplication_GetsItsPage(string path, int status, string body)
    {
        await using Site site = new();
        site.Write("index.html", "app");
        site.Write("poem.txt", "roses");
        site.Write(".git/config.txt", "secret");
        await site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { FallbackFile = "index.html" });
        Assert.Equal((status, body), await site.GetAsync(path));
        if (path.StartsWith("/orders", StringComparison.Ordinal))
            Assert.Equal(405, (await site.GetAsync(path, "-X", "POST")).Status);
    }

    [Fact]
    public void ContentTypes_OfTheSystem_AreBehindThoseOfTheServer()
    {
        using TemporaryDirectory directory = new();
        File.WriteAllText(directory["mime.types"], "# a comment\n\naudio/flac\tflac\nvideo/mp2t  m2t ts # both\nnonsense ending\ntext/x-own own\ntext/x-log log\n");
        ContentTypes types = new(new Dictionary<string, string> { [".own"] = "text/plain" }, directory["mime.types"]);
        foreach (var (name, expected) in new[] { ("a.flac", "audio/flac"), ("a.TS", "video/mp2t"), ("a.own", "text/plain; charset=utf-8"), ("a.log", "text/plain; charset=utf-8"), ("a.html", "text/html; charset=utf-8") })
        {
            Assert.True(types.TryGetContentType(name, out var type), name);
            Assert.Equal(expected, type);
        }

        Assert.False(types.TryGetContentType("a.ending", out _));
        Assert.True(new ContentTypes(new Dictionary<string, string>(), directory["nowhere"]).TryGetContentType("a.html", out _));
    }
}
