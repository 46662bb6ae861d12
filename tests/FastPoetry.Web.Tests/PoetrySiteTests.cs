using System.Net;

namespace FastPoetry.Web.Tests;

public sealed class PoetrySiteTests
{
    private static readonly byte[] _ecstasy = "Where, like a pillow on a bed\n\u2003æ\n"u8.ToArray();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnswerAsync_Poem_IsPlainTextWithAStrongTag()
    {
        await using var served = await StartAsync();
        using var answer = await served.Client.GetAsync("/poems/ecstasy", Token);
        Assert.Equal((HttpStatusCode.OK, "text/plain; charset=utf-8"), (answer.StatusCode, answer.Content.Headers.ContentType!.ToString()));
        Assert.Equal(_ecstasy, await answer.Content.ReadAsByteArrayAsync(Token));
        Assert.False(answer.Headers.ETag!.IsWeak);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Contains(served.Log.Lines, line => line.Text.StartsWith($"sending {_ecstasy.Length} bytes of poetry to 127.0.0.1:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AnswerAsync_PoemWhoseNameNeedsEscapes_IsFoundThroughTheList()
    {
        await using var served = await StartAsync();
        var list = await served.Client.GetStringAsync("/", Token);
        Assert.Contains("<a href=\"/poems/ecstasy\">ecstasy</a>", list, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/poems/a%20%3Cb%3E%20%26%20%C3%A9\">a &lt;b&gt; &amp; &#233;</a>", list, StringComparison.Ordinal);
        Assert.Equal("other", await served.Client.GetStringAsync("/poems/a%20%3Cb%3E%20%26%20%C3%A9", Token));
    }

    [Theory]
    [InlineData("TAG", HttpStatusCode.NotModified)]
    [InlineData("W/TAG", HttpStatusCode.NotModified)]
    [InlineData("\"other\", TAG", HttpStatusCode.NotModified)]
    [InlineData("*", HttpStatusCode.NotModified)]
    [InlineData("\"other\"", HttpStatusCode.OK)]
    [InlineData("nonsense", HttpStatusCode.OK)]
    public async Task AnswerAsync_IfNoneMatch_SendsOnlyWhatIsNotKnown(string known, HttpStatusCode expected)
    {
        await using var served = await StartAsync();
        using var first = await served.Client.GetAsync("/poems/ecstasy", Token);
        using HttpRequestMessage request = new(HttpMethod.Get, "/poems/ecstasy");
        request.Headers.TryAddWithoutValidation("If-None-Match", known.Replace("TAG", first.Headers.ETag!.Tag, StringComparison.Ordinal));
        using var answer = await served.Client.SendAsync(request, Token);
        Assert.Equal((expected, first.Headers.ETag), (answer.StatusCode, answer.Headers.ETag));
        Assert.Equal(expected == HttpStatusCode.OK ? _ecstasy.Length : 0, (await answer.Content.ReadAsByteArrayAsync(Token)).Length);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/poems/ecstasy")]
    public async Task AnswerAsync_Head_HasTheHeadersOfGetAndNoBody(string path)
    {
        await using var served = await StartAsync();
        using var get = await served.Client.GetAsync(path, Token);
        using HttpRequestMessage request = new(HttpMethod.Head, path);
        using var head = await served.Client.SendAsync(request, Token);
        Assert.Equal((get.StatusCode, get.Content.Headers.ContentLength, get.Content.Headers.ContentType, get.Headers.ETag), (head.StatusCode, head.Content.Headers.ContentLength, head.Content.Headers.ContentType, head.Headers.ETag));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Token));
    }

    [Theory]
    [InlineData("/poems/")]
    [InlineData("/poems/nothing")]
    [InlineData("/poems/Ecstasy")]
    [InlineData("/poems/ecstasy/")]
    [InlineData("/poems/..%2f..%2fetc%2fpasswd")]
    [InlineData("/elsewhere")]
    public async Task AnswerAsync_AnythingElse_IsNotFound(string path)
    {
        await using var served = await StartAsync();
        using var answer = await served.Client.GetAsync(path, Token);
        Assert.Equal((HttpStatusCode.NotFound, "text/plain; charset=utf-8"), (answer.StatusCode, answer.Content.Headers.ContentType!.ToString()));
        Assert.NotEmpty(await answer.Content.ReadAsByteArrayAsync(Token));
    }

    [Theory]
    [InlineData("/", "POST")]
    [InlineData("/poems/ecstasy", "DELETE")]
    public async Task AnswerAsync_OtherMethod_IsNotAllowed(string path, string method)
    {
        await using var served = await StartAsync();
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        using var answer = await served.Client.SendAsync(request, Token);
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "GET, HEAD"), (answer.StatusCode, string.Join(", ", answer.Content.Headers.Allow)));
    }

    private static Task<ServedPoems> StartAsync() => ServedPoems.StartAsync(poetry => new PoetrySite(poetry).AnswerAsync, ("ecstasy.txt", _ecstasy), ("a <b> & é.txt", "other"u8.ToArray()));
}
