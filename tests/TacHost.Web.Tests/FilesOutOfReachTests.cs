using System.Net;
using System.Net.Sockets;
using System.Text;
using CsCheck;

namespace TacHost.Web.Tests;

/// <summary>Nothing outside of the root, nothing hidden, nothing that is no file.</summary>
public sealed class FilesOutOfReachTests : IAsyncDisposable
{
    private const string Secret = "the secret that must not be served";
    private readonly Site _site = new();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Theory]
    [InlineData("/../secret.txt")]
    [InlineData("/sub/../../secret.txt")]
    [InlineData("/%2e%2e/secret.txt")]
    [InlineData("/%2E%2E%2Fsecret.txt")]
    [InlineData("/..%2fsecret.txt")]
    [InlineData("/..%5csecret.txt")]
    [InlineData("/%252e%252e/secret.txt")]
    [InlineData("/%c0%ae%c0%ae/secret.txt")]
    [InlineData("/..%c0%afsecret.txt")]
    [InlineData("/%uff0e%uff0e/secret.txt")]
    [InlineData("/....//secret.txt")]
    [InlineData("/.//../secret.txt")]
    [InlineData("//secret.txt")]
    [InlineData("/link.txt")]
    [InlineData("/relative.txt")]
    [InlineData("/outside/secret.txt")]
    [InlineData("/sub/up/secret.txt")]
    [InlineData("/proc/self/cwd/secret.txt")]
    public async Task Path_ThatWouldLeadOut_IsNotServed(string path)
    {
        Prepare();
        await _site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { ListDirectories = true, ServeDotFiles = true });
        var (status, body) = await _site.GetAsync(path);
        Assert.InRange(status, 400, 499);
        Assert.DoesNotContain(Secret, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Target_AsASecondRequestForm_IsNotServedFromOutside()
    {
        Prepare();
        await _site.StartAsync();
        foreach (var target in (string[])["http://localhost/../secret.txt", "../secret.txt", "/%00../secret.txt", "/a/%2e%2e/%2e%2e/secret.txt", "/..;/secret.txt"])
            Assert.DoesNotContain(Secret, await TalkAsync($"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void Path_OfAnySegments_NeverLeadsOut()
    {
        Prepare();
        string[] segmentsToTry = ["..", ".", "", "sub", "up", "outside", "link.txt", "relative.txt", "secret.txt", "a.txt", "root", "\0", "...", "%2e%2e", "\\.."];
        Files.RootDirectory root = new(_site.Root) { ShowsDotFiles = true };
        var opened = 0;

        // All short paths, so that the few that open a file are among them, and some of the long ones.
        foreach (var first in segmentsToTry)
        {
            foreach (var second in segmentsToTry)
                OpensNothingOutside([first, second]);
        }

        Assert.NotEqual(0, opened);
        Gen.Int[0, segmentsToTry.Length - 1].Select(i => segmentsToTry[i]).Array[3, 8].Sample(OpensNothingOutside, iter: 3000, threads: 1);

        void OpensNothingOutside(string[] segments)
        {
            try
            {
                using StreamReader reader = new(root.OpenFile("/" + string.Join('/', segments)));
                opened++;
                Assert.Equal("inside", reader.ReadToEnd());
            }
            catch (Exception e) when (e is FileNotFoundException or UnauthorizedAccessException)
            {
                // Nothing was served.
            }
        }
    }

    [Fact]
    public async Task Link_ThatStaysInside_IsFollowed()
    {
        _site.Write("poem.txt", "roses");
        File.CreateSymbolicLink(Path.Combine(_site.Root, "alias.txt"), "poem.txt");
        await _site.StartAsync();
        Assert.Equal((200, "roses"), await _site.GetAsync("/alias.txt"));
    }

    [Fact]
    [LongSet]
    public async Task Link_TurnedOutwardsAllTheTime_NeverShowsWhatIsOutside()
    {
        Prepare();
        _site.Write("flip/secret.txt", "inside");
        Directory.Move(Path.Combine(_site.Root, "flip"), Path.Combine(_site.Root, "real"));
        await _site.StartAsync();
        var turning = RealClient.RunAsync("sh", "", "-c", "cd \"$0\" && while [ ! -e ../stop ]; do ln -s real new && mv -T new flip; ln -s .. new && mv -T new flip; done", _site.Root);
        using HttpClient client = new();
        for (var i = 0; i < 2000; i++)
        {
            using var answer = await client.GetAsync($"http://127.0.0.1:{_site.Port}/flip/secret.txt", TestContext.Current.CancellationToken).Soon();
            Assert.DoesNotContain(Secret, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(_site.Files["stop"], "", TestContext.Current.CancellationToken);
        await turning;
    }

    [Fact]
    public async Task DotFile_ByDefault_IsNotThere()
    {
        foreach (var name in (string[])[".env", ".git/config", "sub/.htpasswd", ".well-known/acme-challenge/token", "sub/.well-known/x"])
            _site.Write(name, Secret);
        await _site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { ListDirectories = true });
        foreach (var name in (string[])["/.env", "/%2eenv", "/.git/config", "/.git/", "/.git", "/sub/.htpasswd", "/sub/.well-known/x"])
            Assert.Equal(404, (await _site.GetAsync(name)).Status);
        Assert.Equal((200, Secret), await _site.GetAsync("/.well-known/acme-challenge/token"));
        Assert.DoesNotContain(".env", await _site.CurlAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DotFile_WhenAskedFor_IsServed()
    {
        _site.Write(".env", "open");
        await _site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { ServeDotFiles = true, ListDirectories = true });
        Assert.Equal((200, "open"), await _site.GetAsync("/.env"));
        Assert.Contains(".env", await _site.CurlAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fifo_Asked_IsNotWaitedFor()
    {
        _site.Write("a.txt", "a");
        await RealClient.RunAsync("mkfifo", "", Path.Combine(_site.Root, "pipe"));
        await _site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { ListDirectories = true });
        Assert.Equal(404, (await _site.GetAsync("/pipe")).Status);
        Assert.DoesNotContain("pipe", await _site.CurlAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Directory_NamedLikeAHost_DoesNotRedirectThere()
    {
        _site.Write("evil.example/index.html", "x");
        await _site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { ListDirectories = true });
        Assert.DoesNotContain("location: //", await _site.HeadersAsync("//evil.example"), StringComparison.Ordinal);
    }

    [Fact]
    [LongSet]
    public async Task Bytes_OfAnyKind_HarmNobody()
    {
        Prepare();
        await _site.StartAsync();
        Random random = new(4711);
        for (var i = 0; i < 300; i++)
        {
            var bytes = new byte[random.Next(1, 2000)];
            random.NextBytes(bytes);
            Assert.DoesNotContain(Secret, await TalkAsync(i % 2 == 0 ? "GET /" + Encoding.Latin1.GetString(bytes) + " HTTP/1.1\r\n\r\n" : Encoding.Latin1.GetString(bytes)), StringComparison.Ordinal);
        }

        Assert.Equal((200, "inside"), await _site.GetAsync("/sub/a.txt"));
        Assert.DoesNotContain(_site.Log.Lines, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    private void Prepare()
    {
        _site.Write("sub/a.txt", "inside");
        File.WriteAllText(_site.Files["secret.txt"], Secret);
        File.CreateSymbolicLink(Path.Combine(_site.Root, "link.txt"), _site.Files["secret.txt"]);
        File.CreateSymbolicLink(Path.Combine(_site.Root, "relative.txt"), "../secret.txt");
        Directory.CreateSymbolicLink(Path.Combine(_site.Root, "outside"), _site.Files.Path);
        Directory.CreateSymbolicLink(Path.Combine(_site.Root, "sub", "up"), "../..");
        Directory.CreateSymbolicLink(Path.Combine(_site.Root, "proc"), "/proc");
    }

    private async Task<string> TalkAsync(string text)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, _site.Port, TestContext.Current.CancellationToken);
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.Latin1.GetBytes(text), TestContext.Current.CancellationToken);
            client.Client.Shutdown(SocketShutdown.Send);
            using StreamReader reader = new(stream, Encoding.Latin1);
            return await reader.ReadToEndAsync(TestContext.Current.CancellationToken).Soon();
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return "";
        }
    }
}
