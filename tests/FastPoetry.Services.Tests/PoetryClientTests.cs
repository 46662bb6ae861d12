using Microsoft.Extensions.Time.Testing;
using TacHost.Services;

namespace FastPoetry.Services.Tests;

public sealed class PoetryClientTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    public async Task FetchAsync_PoemWithinTheLimit_IsWhole(int length)
    {
        await using var server = await UpstreamServer.StartAsync(new string('x', length));
        Assert.Equal(length, (await new PoetryClient(server.Endpoint) { LongestPoem = 1_000 }.FetchAsync(Token).Soon()).Length);
    }

    [Fact]
    public async Task FetchAsync_PoemBeyondTheLimit_IsRefused()
    {
        await using var server = await UpstreamServer.StartAsync(new string('x', 50_000_000));
        var failure = await Assert.ThrowsAsync<PoetryException>(() => new PoetryClient(server.Endpoint) { LongestPoem = 999 }.FetchAsync(Token).Soon());
        Assert.Equal($"No poem was received from '{server.Endpoint}', because it is longer than 999 bytes.", failure.Message);
    }

    [Fact]
    public async Task FetchAsync_ServerTakesTooLong_SaysHowFarItGot()
    {
        FakeTimeProvider clock = new();
        TaskCompletionSource said = new();
        await using var server = await UpstreamServer.StartAsync("");
        server.Ending = _ => said.SetResult();
        var fetching = new PoetryClient(server.Endpoint) { Timeout = TimeSpan.FromSeconds(10), TimeProvider = clock }.FetchAsync(Token);
        await said.Task.Soon();
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(fetching.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        var failure = await Assert.ThrowsAsync<PoetryException>(() => fetching.Soon());
        Assert.Equal($"No poem was received from '{server.Endpoint}', because it took longer than 10 s, and 0 bytes had been received.", failure.Message);
    }

    [Fact]
    public async Task FetchAsync_ConnectionBreaks_IsNoPoem()
    {
        await using var server = await UpstreamServer.StartAsync("the beginning of a poem");
        server.Ending = transport => transport.AbortConnection();
        var failure = await Assert.ThrowsAsync<PoetryException>(() => new PoetryClient(server.Endpoint).FetchAsync(Token).Soon());

        // The end may come before the client knows that it is connected.
        Assert.Matches($"^(No poem was received from '{server.Endpoint}', because the connection broke after |Cannot connect to '{server.Endpoint}', because )", failure.Message);
    }

    [Fact]
    public async Task FetchAsync_NobodyThere_SaysSo()
    {
        var server = await UpstreamServer.StartAsync("");
        await server.DisposeAsync();
        var failure = await Assert.ThrowsAsync<PoetryException>(() => new PoetryClient(server.Endpoint).FetchAsync(Token).Soon());
        Assert.StartsWith($"Cannot connect to '{server.Endpoint}', because no process listens on 127.0.0.1:{server.Port}.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchAsync_Cancelled_IsCancelled()
    {
        await using var server = await UpstreamServer.StartAsync("");
        server.Waiting = Task.Delay(Timeout.Infinite, Token);
        using CancellationTokenSource cancelling = new();
        var fetching = new PoetryClient(server.Endpoint).FetchAsync(cancelling.Token);
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetching.Soon());
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 69)]
    public async Task PoetryReading_Started_PrintsEachPoemAndAsksForTheEnd(bool all, int exitCode)
    {
        await using var one = await UpstreamServer.StartAsync("one\n");
        await using var two = await UpstreamServer.StartAsync("two\n");
        if (!all)
            await two.StopAsync();
        StringWriter output = new();
        Application application = new("reading");
        new PoetryReading(new PoetryClient(one.Endpoint), new PoetryClient(two.Endpoint)) { Output = output }.SetServiceParent(application);
        await application.StartAsync(Token);
        await application.StopRequested.Soon();
        await application.StopAsync(Token).Soon();
        Assert.Equal(exitCode, application.ExitCode);
        var text = output.ToString();
        Assert.Contains($"4 bytes of poetry from {one.Endpoint}:\none\n", text, StringComparison.Ordinal);
        Assert.Contains(all ? $"4 bytes of poetry from {two.Endpoint}:\ntwo\n" : $"Cannot connect to '{two.Endpoint}'", text, StringComparison.Ordinal);
        Assert.EndsWith($"received {(all ? 2 : 1)} of 2 poems.\n", text, StringComparison.Ordinal);
    }
}
