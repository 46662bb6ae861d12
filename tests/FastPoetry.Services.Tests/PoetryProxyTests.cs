using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using TacHost.Services.Networking;

namespace FastPoetry.Services.Tests;

public sealed class PoetryProxyTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly List<RunningService> _running = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetPoemAsync_WithinMaxAge_AsksOnce()
    {
        await using var upstream = await UpstreamServer.StartAsync("old");
        var proxy = await StartAsync(upstream.Endpoint);
        Assert.Equal("old", await GetAsync(proxy));
        upstream.Poem = "new"u8.ToArray();
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(("old", 1), (await GetAsync(proxy), upstream.Asked));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(("new", 2), (await GetAsync(proxy), upstream.Asked));
    }

    [Fact]
    public async Task GetPoemAsync_ManyAtOnce_AsksOnce()
    {
        await using var upstream = await UpstreamServer.StartAsync("poem");
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        upstream.Waiting = go.Task;
        var proxy = await StartAsync(upstream.Endpoint);
        using CancellationTokenSource impatient = new();
        var first = proxy.GetPoemAsync(impatient.Token);
        var others = Enumerable.Range(0, 100).Select(_ => Task.Run(() => GetAsync(proxy))).ToList();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Soon());
        go.SetResult();
        Assert.All(await Task.WhenAll(others).Soon(), poem => Assert.Equal("poem", poem));
        Assert.Equal(1, upstream.Asked);
    }

    [Theory]
    [InlineData("away")]
    [InlineData("broken")]
    [InlineData("silent")]
    [InlineData("too long")]
    public async Task GetPoemAsync_UpstreamFails_ServesTheLastGoodCopyUntilItIsBack(string how)
    {
        await using var upstream = await UpstreamServer.StartAsync("good");
        var proxy = await StartAsync(upstream.Endpoint);
        Assert.Equal("good", await GetAsync(proxy));
        switch (how)
        {
            case "away":
                await upstream.StopAsync();
                break;
            case "broken":
                upstream.Ending = transport => transport.AbortConnection();
                break;
            case "silent":
                upstream.Poem = [];
                break;
            default:
                upstream.Poem = new byte[1_001];
                break;
        }

        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("good", await GetAsync(proxy));
        var warned = Warnings();
        Assert.Equal(1, warned);

        // It is not asked again at once, for each of many clients.
        Assert.Equal("good", await GetAsync(proxy));
        Assert.Equal(warned, Warnings());
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("good", await GetAsync(proxy));
        Assert.Equal(warned + 1, Warnings());

        upstream.Poem = "better"u8.ToArray();
        upstream.Ending = transport => transport.LoseConnection();
        if (how == "away")
            await upstream.StartAgainAsync();
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("better", await GetAsync(proxy));
    }

    [Fact]
    public async Task GetPoemAsync_UpstreamNeverThere_FailsAndTriesAgainForTheNext()
    {
        var upstream = await UpstreamServer.StartAsync("poem");
        await upstream.StopAsync();
        var proxy = await StartAsync(upstream.Endpoint);
        await Assert.ThrowsAsync<PoetryException>(() => GetAsync(proxy));
        await upstream.StartAgainAsync();
        Assert.Equal("poem", await GetAsync(proxy));
        await upstream.DisposeAsync();
    }

    [Fact]
    public async Task GetPoemAsync_NotStarted_SaysWhichServiceToStart()
    {
        PoetryProxy proxy = new(new PoetryClient("tcp:127.0.0.1:1"));
        Assert.Contains("'PoetryProxy' is started", (await Assert.ThrowsAsync<InvalidOperationException>(() => proxy.GetPoemAsync(Token))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StopAsync_WhileItAsks_GivesUpAndStartsAgainEmpty()
    {
        await using var upstream = await UpstreamServer.StartAsync("poem");
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        upstream.Waiting = go.Task;
        PoetryProxy proxy = new(new PoetryClient(upstream.Endpoint));
        await proxy.StartAsync(Token);
        var waiting = proxy.GetPoemAsync(Token);
        await proxy.StopAsync(Token).Soon();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
        go.SetResult();
        await proxy.StartAsync(Token);
        Assert.Equal("poem", await GetAsync(proxy));
        await proxy.StopAsync(Token).Soon();
    }

    [Fact]
    public async Task PoetryProxyFactory_ChainOfThree_PassesThePoemOnAndAFailureToo()
    {
        await using var upstream = await UpstreamServer.StartAsync("poem");
        var endpoint = upstream.Endpoint;
        for (var i = 0; i < 3; i++)
        {
            var proxy = await StartAsync(endpoint);
            TcpServer server = new(0, new PoetryProxyFactory(proxy), "127.0.0.1");
            _running.Add(await RunningService.StartAsync(server));
            endpoint = $"tcp:127.0.0.1:{server.LocalAddresses[0].Port}";
        }

        await upstream.StopAsync();
        await Assert.ThrowsAsync<PoetryException>(() => new PoetryClient(endpoint).FetchAsync(Token).Soon());
        await upstream.StartAgainAsync();
        Assert.Equal("poem"u8.ToArray(), (await new PoetryClient(endpoint).FetchAsync(Token).Soon()).ToArray());
        await upstream.StopAsync();
        Assert.Equal("poem"u8.ToArray(), (await new PoetryClient(endpoint).FetchAsync(Token).Soon()).ToArray());
    }

    [Fact]
    public async Task PoetryProxyFactory_ClientThatClosesItsSideOrGoes_IsServedOrForgotten()
    {
        await using var upstream = await UpstreamServer.StartAsync("poem");
        TaskCompletionSource go = new(TaskCreationOptions.RunContinuationsAsynchronously);
        upstream.Waiting = go.Task;
        var proxy = await StartAsync(upstream.Endpoint);
        TcpServer server = new(0, new PoetryProxyFactory(proxy), "127.0.0.1");
        _running.Add(await RunningService.StartAsync(server));
        using Socket stays = new(SocketType.Stream, ProtocolType.Tcp), goes = new(SocketType.Stream, ProtocolType.Tcp);
        await stays.ConnectAsync(server.LocalAddresses[0], Token).AsTask().Soon();
        await goes.ConnectAsync(server.LocalAddresses[0], Token).AsTask().Soon();
        stays.Shutdown(SocketShutdown.Send);
        goes.LingerState = new LingerOption(true, 0);
        goes.Dispose();
        go.SetResult();
        var buffer = new byte[10];
        Assert.Equal(4, await stays.ReceiveAsync(buffer, Token).AsTask().Soon());
        Assert.Equal(0, await stays.ReceiveAsync(buffer, Token).AsTask().Soon());
        Assert.DoesNotContain(_running.SelectMany(each => each.Log.Lines), line => line.Level >= LogLevel.Error);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var running in Enumerable.Reverse(_running))
            await running.DisposeAsync();
    }

    private static async Task<string> GetAsync(PoetryProxy proxy) => Encoding.UTF8.GetString((await proxy.GetPoemAsync(Token).Soon()).Span);

    private int Warnings() => _running[0].Log.Lines.Count(line => line.Level == LogLevel.Warning && line.Text.Contains("Serving the last good copy", StringComparison.Ordinal));

    private async Task<PoetryProxy> StartAsync(string upstream)
    {
        PoetryProxy proxy = new(new PoetryClient(upstream) { LongestPoem = 1_000 }) { MaxAge = TimeSpan.FromMinutes(1), TimeProvider = _clock };
        _running.Add(await RunningService.StartAsync(proxy));
        return proxy;
    }
}
