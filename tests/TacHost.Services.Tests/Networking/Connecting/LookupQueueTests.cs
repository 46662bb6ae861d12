using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Connecting;

namespace TacHost.Services.Tests.Networking.Connecting;

public sealed class LookupQueueTests : IDisposable
{
    private readonly ManualResetEventSlim _resolverAnswers = new();
    private readonly SemaphoreSlim _begun = new(0);
    private int _count;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _resolverAnswers.Set();
        _begun.Dispose();
    }

    [Fact]
    public async Task ResolveAsync_DeadResolver_LetsOneClientHaveNoMoreThanItsThreads()
    {
        LookupQueue queue = new(LookUp, new LookupLimits { Threads = 8, ThreadsForClients = 6, ThreadsPerClient = 2 });
        var first = Ask(queue, "greedy", 20);
        await BegunAsync(2);

        // Others pass: another client, and a name from the configuration.
        Assert.Equal(IPAddress.Loopback, Assert.Single(await queue.ResolveAsync("fast.test", "modest", Token).Soon()));
        Assert.Equal(IPAddress.Loopback, Assert.Single(await queue.ResolveAsync("fast.test", null, Token).Soon()));
        Assert.Equal(2, Volatile.Read(ref _count));
        _resolverAnswers.Set();
        await Task.WhenAll(first).Soon();
    }

    [Fact]
    public async Task ResolveAsync_ManyClients_LeaveThreadsForTheConfiguration()
    {
        LookupQueue queue = new(LookUp, new LookupLimits { Threads = 4, ThreadsForClients = 3, ThreadsPerClient = 1 });
        Task[] clients = [.. Enumerable.Range(0, 10).SelectMany(client => Ask(queue, client, 3))];
        await BegunAsync(3);
        Assert.Equal(IPAddress.Loopback, Assert.Single(await queue.ResolveAsync("fast.test", null, Token).Soon()));
        Assert.Equal(3, Volatile.Read(ref _count));
        _resolverAnswers.Set();
        await Task.WhenAll(clients).Soon();
    }

    [Theory]
    [InlineData("2001:db8::1", "2001:db8::2", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    public async Task ResolveAsync_AddressesOfOneNetwork_CountAsOneClient(string address, string other, bool isSame)
    {
        LookupQueue queue = new(LookUp, new LookupLimits { Threads = 1, WaitingPerClient = 2 });
        Task[] some = Ask(queue, null, 1);
        await BegunAsync(1);
        some = [.. some, .. Ask(queue, IPAddress.Parse(address), 2, "waiting")];
        var more = queue.ResolveAsync("more.test", IPAddress.Parse(other), Token);
        if (isSame)
            Assert.Equal(SocketError.TryAgain, (await Assert.ThrowsAsync<SocketException>(() => more)).SocketErrorCode);
        _resolverAnswers.Set();
        await Task.WhenAll(isSame ? some : [.. some, more]).Soon();
    }

    [Fact]
    public async Task ResolveAsync_TooMany_FailsAtOnce()
    {
        LookupQueue queue = new(LookUp, new LookupLimits { Threads = 1, WaitingPerClient = 2 });
        Task[] some = Ask(queue, "client", 1);
        await BegunAsync(1);
        some = [.. some, .. Ask(queue, "client", 2, "waiting")];
        Assert.Equal(SocketError.TryAgain, (await Assert.ThrowsAsync<SocketException>(() => queue.ResolveAsync("more.test", "client", Token))).SocketErrorCode);
        _resolverAnswers.Set();
        await Task.WhenAll(some).Soon();
    }

    [Fact]
    public async Task ResolveAsync_TakesTooLong_Fails()
    {
        LookupQueue queue = new(LookUp, new LookupLimits { Timeout = TimeSpan.FromMilliseconds(20) });
        Assert.Equal(SocketError.TryAgain, (await Assert.ThrowsAsync<SocketException>(() => queue.ResolveAsync("slow.test", null, Token).Soon())).SocketErrorCode);
    }

    [Fact]
    public async Task ResolveAsync_Cancelled_LeavesTheQueue()
    {
        LookupQueue queue = new(LookUp, new LookupLimits { Threads = 1 });
        var running = Ask(queue, null, 1);
        await BegunAsync(1);
        using CancellationTokenSource cancelled = new();
        var waiting = queue.ResolveAsync("slow-never.test", null, cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Soon());
        _resolverAnswers.Set();
        await Task.WhenAll(running).Soon();
        await queue.ResolveAsync("fast.test", null, Token).Soon();
        Assert.Equal(1, Volatile.Read(ref _count));
    }

    [Fact]
    public async Task ResolveAsync_NameThatIsBeingLookedUp_IsAskedOnce()
    {
        LookupQueue queue = new(LookUp, new LookupLimits());
        var first = queue.ResolveAsync("slow.test", null, Token);
        await BegunAsync(1);
        var second = queue.ResolveAsync("SLOW.test", "client", Token);
        _resolverAnswers.Set();
        await Task.WhenAll(first, second).Soon();
        Assert.Equal(1, Volatile.Read(ref _count));
    }

    [Fact]
    public async Task ResolveAsync_NoSuchName_SaysSo()
    {
        LookupQueue queue = new(_ => throw new SocketException((int)SocketError.HostNotFound), new LookupLimits());
        Assert.Equal(SocketError.HostNotFound, (await Assert.ThrowsAsync<SocketException>(() => queue.ResolveAsync("none.test", null, Token).Soon())).SocketErrorCode);
    }

    [Theory]
    [InlineData("010.0.0.1")]
    [InlineData("0x7f.1")]
    [InlineData("2130706433")]
    [InlineData("")]
    public async Task ResolveAsync_AddressOnlyForTheSystemsResolver_DoesNotResolve(string host) =>
        Assert.Equal(SocketError.HostNotFound, (await Assert.ThrowsAsync<SocketException>(() => HostNameResolver.ResolveAsync(host, Token).Soon())).SocketErrorCode);

    [Fact]
    public async Task ResolveAsync_Localhost_IsInTheHostsFile() => Assert.Contains(await HostNameResolver.ResolveAsync("localhost", Token).Soon(), IPAddress.IsLoopback);

    [Fact]
    public async Task ResolveForAsync_OfAClient_ResolvesAsForTheConfiguration() =>
        Assert.Equal(await HostNameResolver.ResolveAsync("localhost", Token).Soon(), await HostNameResolver.ResolveForAsync("localhost", IPAddress.Loopback, Token).Soon());

    private static Task[] Ask(LookupQueue queue, object? client, int count, string name = "slow") =>
        [.. Enumerable.Range(0, count).Select(number => queue.ResolveAsync($"slow-{name}-{client}-{number}.test", client, Token))];

    private IPAddress[] LookUp(string host)
    {
        if (!host.StartsWith("slow", StringComparison.OrdinalIgnoreCase))
            return [IPAddress.Loopback];
        Interlocked.Increment(ref _count);
        _begun.Release();
        _resolverAnswers.Wait();
        return [IPAddress.Loopback];
    }

    private async Task BegunAsync(int count)
    {
        for (var i = 0; i < count; i++)
            Assert.True(await _begun.WaitAsync(Bounded.Patience, Token));
    }
}
