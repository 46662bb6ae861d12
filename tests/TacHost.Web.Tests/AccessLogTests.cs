using System.Text.RegularExpressions;

namespace TacHost.Web.Tests;

public sealed partial class AccessLogTests : IAsyncDisposable
{
    private readonly Site _site = new();

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task File_OfRequests_HasTheCombinedForm()
    {
        await StartAsync();
        await _site.CurlAsync("/poem.txt", "-A", "test \"agent\"\\", "-e", "http://example.org/");
        await _site.CurlAsync("/poem.txt", "-r", "0-1");
        await _site.CurlAsync("/poem.txt", "-I");
        await _site.CurlAsync("/missing?a=b");
        await _site.CurlAsync("/long.txt", "--compressed", "-o", "/dev/null");
        await _site.StopAsync();
        var lines = await LinesAsync();
        Assert.All(lines, line => Assert.Matches(Combined(), line));
        Assert.EndsWith("] \"GET /poem.txt HTTP/1.1\" 200 5 \"http://example.org/\" \"test \\\"agent\\\"\\\\\"", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"GET /poem.txt HTTP/1.1\" 206 2 \"-\" \"curl/", lines[1], StringComparison.Ordinal);
        Assert.Contains("\"HEAD /poem.txt HTTP/1.1\" 200 - \"-\"", lines[2], StringComparison.Ordinal);
        Assert.Contains("\"GET /missing?a=b HTTP/1.1\" 404 28 \"-\"", lines[3], StringComparison.Ordinal);
        Assert.InRange(int.Parse(Combined().Match(lines[4]).Groups["bytes"].Value, System.Globalization.CultureInfo.InvariantCulture), 10, 1000);
    }

    [Fact]
    public async Task File_ThatIsRenamed_IsMadeAnew()
    {
        await StartAsync();
        await _site.CurlAsync("/poem.txt");
        await UntilAsync(() => File.ReadAllText(_site.Files["access.log"]).EndsWith('\n'));
        File.Move(_site.Files["access.log"], _site.Files["access.log.1"]);
        await _site.CurlAsync("/poem.txt");
        await _site.StopAsync();
        Assert.Single(await File.ReadAllLinesAsync(_site.Files["access.log.1"], TestContext.Current.CancellationToken));
        Assert.Single(await LinesAsync());
    }

    [Fact]
    public async Task File_ThatCannotBeWrittenForAWhile_IsSaidOnceAndRequestsAreAnswered()
    {
        var directory = Directory.CreateDirectory(_site.Files["logs"]).FullName;
        await StartAsync(Path.Combine(directory, "access.log"));
        Directory.Move(directory, directory + ".away");
        for (var i = 0; i < 3; i++)
            Assert.Equal("roses", await _site.CurlAsync("/poem.txt"));
        await UntilAsync(() => _site.Log.Lines.Any(line => line.Text.Contains("cannot be written", StringComparison.Ordinal)));
        Directory.Move(directory + ".away", directory);
        await UntilAsync(() =>
        {
            _site.CurlAsync("/poem.txt").GetAwaiter().GetResult();
            return _site.Log.Lines.Any(line => line.Text.Contains("is written again", StringComparison.Ordinal));
        });
        Assert.Single(_site.Log.Lines, line => line.Text.Contains("cannot be written", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_WithAFileThatCannotBeWritten_FailsInWords()
    {
        var failure = await Assert.ThrowsAsync<IOException>(() => StartAsync(_site.Files["nowhere/access.log"]));
        Assert.Contains("the access log", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_site.Server!.LocalAddresses);
    }

    [Fact]
    public async Task LogRequests_WhenOn_AreLinesOfTheService()
    {
        _site.Write("poem.txt", "roses");
        await _site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { LogRequests = true });
        await _site.CurlAsync("/poem.txt");
        await _site.StopAsync();
        Assert.Single(_site.Log.Lines, line => line.Category == "test/WebServer" && line.Text.Contains("\"GET /poem.txt HTTP/1.1\" 200 5", StringComparison.Ordinal));
    }

    private Task StartAsync(string? path = null)
    {
        _site.Write("poem.txt", "roses");
        _site.Write("long.txt", new string('x', 100_000));
        return _site.StartAsync(root => new WebServer(0, root, "127.0.0.1") { AccessLogFile = path ?? _site.Files["access.log"] });
    }

    private Task<string[]> LinesAsync() => File.ReadAllLinesAsync(_site.Files["access.log"], TestContext.Current.CancellationToken);

    private static async Task UntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource limit = new(Bounded.Patience);
        while (!condition())
            await Task.Delay(10, limit.Token);
    }

    [GeneratedRegex("""^127\.0\.0\.1 - - \[\d\d/[A-Z][a-z][a-z]/\d{4}:\d\d:\d\d:\d\d \+0000\] "[^"]*" \d{3} (?<bytes>\d+|-) "[^"]*" ".*"$""", RegexOptions.ExplicitCapture)]
    private static partial Regex Combined();
}
