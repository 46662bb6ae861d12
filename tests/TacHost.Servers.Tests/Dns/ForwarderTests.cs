using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using TacHost.Dns;
using TacHost.Dns.Forwarding;
using TacHost.Dns.Messages;
using TacHost.Servers.Tests.Dns.Fakes;

namespace TacHost.Servers.Tests.Dns;

public sealed class ForwarderTests
{
    /// <summary>Long enough never to be reached.</summary>
    private static readonly TimeSpan _long = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Dig_NameOfOthers_IsForwardedAndKept()
    {
        using var upstream = FakeUpstream.Saying("192.0.2.9");
        await using var site = await StartAsync(upstream);
        Assert.Equal(["192.0.2.9"], await site.ShortAsync("www.elsewhere.test", "A"));
        var said = await site.DigAsync("WWW.elsewhere.test", "A", "+tcp");
        Assert.Contains("flags: qr rd ra;", said, StringComparison.Ordinal);
        Assert.Contains("WWW.elsewhere.test.\t", said, StringComparison.Ordinal);
        Assert.Single(upstream.Asked);
        Assert.Contains("status: REFUSED", await site.DigAsync("www.elsewhere.test", "A", "+norecurse"), StringComparison.Ordinal);
        Assert.Equal(["\"RFC8482\" \"\""], await site.ShortAsync("www.elsewhere.test", "ANY"));
        Assert.Contains("flags: qr aa rd ra;", await site.DigAsync("www.example.org", "A"), StringComparison.Ordinal);
        Assert.Single(upstream.Asked);
    }

    [Fact]
    public async Task Ask_AliasThatLeadsOutOfTheZone_IsFollowedByTheForwarder()
    {
        using var upstream = FakeUpstream.Saying("192.0.2.9");
        await using var site = await StartAsync(upstream);
        Assert.Equal(["www.elsewhere.test.", "192.0.2.9"], await site.ShortAsync("outside.example.org", "A"));
        Assert.Equal("www.elsewhere.test.", Assert.Single(upstream.Asked).Query.Question.Name.ToString());
    }

    [Fact]
    public async Task Ask_ManyQuestions_HaveIdsAndPortsOfTheirOwn()
    {
        using var upstream = FakeUpstream.Saying("192.0.2.9");
        await using var site = await StartAsync(upstream);
        for (var i = 0; i < 50; i++)
            await site.AskAsync($"n{i}.test");
        Assert.InRange(upstream.Asked.Select(each => each.Query.Id).Distinct().Count(), 45, 50);
        Assert.InRange(upstream.Asked.Select(each => each.From.Port).Distinct().Count(), 40, 50);
        Assert.InRange(upstream.Asked.Zip(upstream.Asked.Skip(1), (one, next) => next.Query.Id - one.Query.Id).Distinct().Count(), 40, 50);
    }

    [Fact]
    public async Task Ask_AnswersThatDoNotFit_AreNotListenedTo()
    {
        using FakeUpstream stranger = new(_ => null);
        using FakeUpstream upstream = new(async (query, _, self) =>
        {
            var client = self.Asked.Last().From;
            List<DnsRecord> wrong = [new(query.Question.Name, RecordType.A, 300, new byte[4])];
            await stranger.SendAsync(FakeUpstream.Reply(query, wrong), client);
            await self.SendAsync(FakeUpstream.Reply(query, wrong, id: (ushort)(query.Id + 1)), client);
            await self.SendAsync(FakeUpstream.Reply(query, wrong, question: query.Question with { Name = DnsName.Parse("other.test.", null) }), client);
            await self.SendAsync(FakeUpstream.Reply(query, wrong, question: query.Question with { Type = RecordType.AAAA }), client);
            await self.SendAsync(FakeUpstream.Reply(query, wrong, isResponse: false), client);
            return FakeUpstream.Reply(query, [new(query.Question.Name, RecordType.A, 300, IPAddress.Parse("192.0.2.9").GetAddressBytes())]);
        });
        await using var site = await StartAsync(upstream);
        Assert.Equal([192, 0, 2, 9], Assert.Single((await site.AskAsync("www.test")).Answers).Data.ToArray());
    }

    [Fact]
    public async Task Ask_Kept_CountsTheTtlDownAndAsksAgain()
    {
        FakeTimeProvider clock = new();
        using var upstream = FakeUpstream.Saying("192.0.2.9", ttl: 300);
        await using var site = await StartAsync(upstream, new DnsOptions { TimeProvider = clock, Timeout = _long });
        Assert.Equal(300u, (await site.AskAsync("www.test")).Answers[0].Ttl);
        clock.Advance(TimeSpan.FromSeconds(100.9));
        Assert.Equal(200u, (await site.AskAsync("www.test")).Answers[0].Ttl);
        clock.Advance(TimeSpan.FromSeconds(199));
        Assert.Equal(1u, (await site.AskAsync("WWW.TEST")).Answers[0].Ttl);
        Assert.Single(upstream.Asked);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(300u, (await site.AskAsync("www.test")).Answers[0].Ttl);
        Assert.Equal(2, upstream.Asked.Count);
    }

    [Theory]
    [InlineData(ResponseCode.NXDomain)]
    [InlineData(ResponseCode.NoError)]
    public async Task Ask_Nothing_IsKeptForTheNegativeTtl(object code)
    {
        FakeTimeProvider clock = new();
        using FakeUpstream upstream = new(query => FakeUpstream.Reply(query, code: (ResponseCode)code, authorities: query.Question.Name.ToString().StartsWith("soa", StringComparison.Ordinal) ? [FakeUpstream.Soa("test", 3600, minimum: 60)] : []));
        await using var site = await StartAsync(upstream, new DnsOptions { TimeProvider = clock, Timeout = _long });
        Assert.Equal((ResponseCode)code, (await site.AskAsync("soa.test")).Code);
        clock.Advance(TimeSpan.FromSeconds(59));
        var kept = await site.AskAsync("soa.test");
        Assert.Equal(((ResponseCode)code, 3541u), (kept.Code, kept.Authorities[0].Ttl));
        Assert.Single(upstream.Asked);
        clock.Advance(TimeSpan.FromSeconds(1));
        await site.AskAsync("soa.test");
        Assert.Equal(2, upstream.Asked.Count);
        await site.AskAsync("bare.test");
        await site.AskAsync("bare.test");
        Assert.Equal(4, upstream.Asked.Count);
    }

    [Fact]
    public async Task Ask_MoreThanTheCacheHolds_ForgetsWhatWasNotAskedForLongest()
    {
        using var upstream = FakeUpstream.Saying("192.0.2.9");
        await using var site = await StartAsync(upstream, new DnsOptions { CacheSize = 3500 });
        for (var i = 0; i < 100; i++)
        {
            await site.AskAsync("often.test");
            await site.AskAsync($"n{i}.test");
            Assert.InRange(site.Server.CachedBytes, 300, 3500);
        }

        Assert.Single(upstream.Asked, each => each.Query.Question.Name.ToString() == "often.test.");
        await site.AskAsync("n99.test");
        Assert.Equal(101, upstream.Asked.Count);
        await site.AskAsync("n0.test");
        Assert.Equal(102, upstream.Asked.Count);
    }

    [Fact]
    public async Task Ask_CacheOfNothing_AsksEachTime()
    {
        using var upstream = FakeUpstream.Saying("192.0.2.9");
        await using var site = await StartAsync(upstream, new DnsOptions { CacheSize = 0 });
        await site.AskAsync("www.test");
        await site.AskAsync("www.test");
        Assert.Equal((2, 0), (upstream.Asked.Count, site.Server.CachedBytes));
    }

    [Fact]
    public async Task Ask_SameQuestionOfMany_IsAskedOnce()
    {
        TaskCompletionSource go = new();
        using FakeUpstream upstream = new(async (query, _, _) =>
        {
            await go.Task;
            return FakeUpstream.Reply(query, [new(query.Question.Name, RecordType.A, 0, new byte[4])]);
        });
        await using var site = await StartAsync(upstream, new DnsOptions { Timeout = _long });
        var asked = Enumerable.Range(0, 50).Select(_ => site.AskAsync("www.test")).ToList();
        await Until.TrueAsync(() => !upstream.Asked.IsEmpty, "the question");
        await site.AskAsync("www.example.org");
        go.SetResult();
        foreach (var answer in await Task.WhenAll(asked).Soon())
            Assert.Single(answer.Answers);
        Assert.Single(upstream.Asked);

        // A TTL of 0 is for those who wait already.
        await site.AskAsync("www.test");
        Assert.Equal(2, upstream.Asked.Count);
    }

    [Fact]
    public async Task Ask_FirstUpstreamAway_TakesTheNextAndRemembers()
    {
        FakeTimeProvider clock = new();
        using var silent = Silent(clock);
        using var upstream = FakeUpstream.Saying("192.0.2.9", ttl: 0);
        DnsUpstream dead = new(IPAddress.Loopback, UnusedPort.Next());
        await using var site = await DnsSite.StartAsync(options: new DnsOptions { Upstreams = [dead, silent.Address, upstream.Address], Timeout = _long, TimeProvider = clock });
        for (var i = 0; i < 3; i++)
            Assert.Single((await site.AskAsync("www.test")).Answers);
        Assert.Equal((1, 3), (silent.Asked.Count, upstream.Asked.Count));
        Assert.Single(site.Log.Lines, line => line.Level == LogLevel.Warning && line.Text.StartsWith($"{dead} does not answer: ", StringComparison.Ordinal));
        Assert.Single(site.Log.Lines, line => line.Text == $"{silent.Address} does not answer: nothing came in time");

        // After a while it gets another chance.
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Single((await site.AskAsync("www.test")).Answers);
        Assert.Equal((2, 4), (silent.Asked.Count, upstream.Asked.Count));
    }

    [Theory]
    [InlineData(ResponseCode.ServFail)]
    [InlineData(ResponseCode.Refused)]
    [InlineData(ResponseCode.FormErr)]
    public async Task Ask_UpstreamThatCannotTell_TakesTheNext(object code)
    {
        using FakeUpstream useless = new(query => FakeUpstream.Reply(query, code: (ResponseCode)code));
        using var upstream = FakeUpstream.Saying("192.0.2.9", ttl: 0);
        await using var site = await DnsSite.StartAsync(options: new DnsOptions { Upstreams = [useless.Address, upstream.Address] });
        Assert.Single((await site.AskAsync("www.test")).Answers);
        await using var other = await DnsSite.StartAsync(options: new DnsOptions { Upstreams = [useless.Address] });
        Assert.Equal(ResponseCode.ServFail, (await other.AskAsync("www.test")).Code);
    }

    [Fact]
    public async Task Ask_AllUpstreamsAway_IsAServerFailure()
    {
        DnsUpstream dead = new(IPAddress.Loopback, UnusedPort.Next());
        FakeTimeProvider clock = new();
        using var silent = Silent(clock);
        await using var site = await DnsSite.StartAsync(options: new DnsOptions { Upstreams = [dead, silent.Address], Timeout = _long, TimeProvider = clock });
        Assert.Contains("status: SERVFAIL", await site.DigAsync("www.test", "A"), StringComparison.Ordinal);
        Assert.Equal(2, silent.Asked.Count);
        Assert.Contains("status: SERVFAIL", await site.DigAsync("outside.example.org", "A"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_UpstreamIsItself_EndsInAServerFailure()
    {
        var port = UnusedPort.Next();
        DnsServer server = new(port, "127.0.0.1", new DnsOptions { Upstreams = [new DnsUpstream(IPAddress.Loopback, port)], Timeout = TimeSpan.FromMilliseconds(100) });
        await using var running = await RunningService.StartAsync(server);
        using UdpClient client = new(AddressFamily.InterNetwork);
        await client.SendAsync(DnsSite.Query("www.test").Write(), server.LocalAddresses[0], TestContext.Current.CancellationToken);
        Assert.Equal(ResponseCode.ServFail, DnsMessage.Read((await client.ReceiveAsync(TestContext.Current.CancellationToken).AsTask().Soon()).Buffer).Code);
    }

    [Fact]
    public async Task Ask_TruncatedAnswer_IsFetchedByTcp()
    {
        var texts = Enumerable.Range(0, 100).Select(i => (byte)i).ToList();
        using FakeUpstream upstream = new((query, isTcp, _) => Task.FromResult<DnsMessage?>(isTcp
            ? FakeUpstream.Reply(query, [.. texts.Select(text => new DnsRecord(query.Question.Name, RecordType.TXT, 300, new byte[] { 1, text }))])
            : FakeUpstream.Reply(query, isTruncated: true)));
        await using var site = await StartAsync(upstream);
        Assert.Equal(100, (await site.ShortAsync("www.test", "TXT")).Length);
        Assert.Equal([false, true], upstream.Asked.Select(each => each.IsTcp));
    }

    [Fact]
    public async Task Ask_NotAllowed_IsRefusedButMayAskTheZone()
    {
        using var upstream = FakeUpstream.Saying("192.0.2.9");
        await using var site = await StartAsync(upstream, new DnsOptions { Allowed = [IPNetwork.Parse("127.0.0.2/32"), IPNetwork.Parse("::1/128")] });
        Assert.Contains("status: REFUSED", await site.DigAsync("www.test", "A"), StringComparison.Ordinal);
        var own = await site.DigAsync("www.example.org", "A");
        Assert.Contains("flags: qr aa rd; QUERY: 1, ANSWER: 2", own, StringComparison.Ordinal);
        Assert.Equal(["192.0.2.9"], await site.ShortAsync("-b", "127.0.0.2", "www.test", "A"));
    }

    [Fact]
    public async Task Ask_Dnssec_PassesTheBitsOnAndKeepsTheAnswersApart()
    {
        using var upstream = FakeUpstream.Saying("192.0.2.9");
        await using var site = await StartAsync(upstream);
        await site.DigAsync("www.test", "A");
        await site.DigAsync("www.test", "A", "+dnssec");
        await site.DigAsync("www.test", "A", "+dnssec", "+cdflag");
        await site.DigAsync("www.test", "A", "+dnssec");
        Assert.Equal([(false, false), (true, false), (true, true)], upstream.Asked.Select(each => (each.Query.Edns!.DnssecOk, each.Query.CheckingDisabled)));
    }

    [Fact]
    public async Task Start_OpenToOthers_WarnsLoudly()
    {
        using var upstream = FakeUpstream.Saying("192.0.2.9");
        DnsServer server = new(0, "0.0.0.0", new DnsOptions { Upstreams = [upstream.Address], Allowed = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("0.0.0.0/0")] });
        await using var running = await RunningService.StartAsync(server);
        var line = Assert.Single(running.Log.Lines, line => line.Level == LogLevel.Warning);
        Assert.StartsWith("Open resolver: all clients in 0.0.0.0/0 that can reach 0.0.0.0:", line.Text, StringComparison.Ordinal);
        await using var site = await StartAsync(upstream);
        Assert.DoesNotContain(site.Log.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Theory]
    [InlineData(600, true, 88)]
    [InlineData(5000, false, 904)]
    public async Task Ask_MoreThanCanBeUnderWay_IsAServerFailureAtOnce(int count, bool areDifferent, int refused)
    {
        using FakeUpstream silent = new(_ => null);
        using Forwarder forwarder = new(new DnsOptions { Upstreams = [silent.Address], Timeout = _long }, NullLogger.Instance);
        var asked = Enumerable.Range(0, count).Select(i => forwarder.AskAsync(new DnsQuestion(DnsName.Parse($"n{(areDifferent ? i : 0)}.test.", null), RecordType.A), false, false).AsTask()).ToList();
        Assert.Equal(refused, asked.Count(each => each.IsCompletedSuccessfully));
        forwarder.Dispose();
        Assert.All(await Task.WhenAll(asked).Soon(), Assert.Null);
    }

    [Fact]
    public async Task Stop_QuestionUnderWay_DoesNotHoldItUp()
    {
        using FakeUpstream silent = new(_ => null);
        await using var site = await StartAsync(silent, new DnsOptions { Timeout = _long });
        using UdpClient client = new(AddressFamily.InterNetwork);
        await client.SendAsync(DnsSite.Query("www.test").Write(), site.EndPoint, TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => !silent.Asked.IsEmpty, "the question");
        await site.StopAsync();
        Assert.DoesNotContain(site.Log.Lines, line => line.Failure is not null);
    }

    /// <summary>One that says nothing while time passes.</summary>
    private static FakeUpstream Silent(FakeTimeProvider clock) => new(_ =>
    {
        clock.Advance(_long);
        return null;
    });

    private static Task<DnsSite> StartAsync(FakeUpstream upstream, DnsOptions? options = null) => DnsSite.StartAsync(options: (options ?? new DnsOptions()) with { Upstreams = [upstream.Address] });
}
