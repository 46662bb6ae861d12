using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using TacHost.Dns;
using TacHost.Dns.Messages;
using TacHost.Servers.Tests.Dns.Fakes;

namespace TacHost.Servers.Tests.Dns;

/// <summary>Rubbish in every form: nothing breaks, nothing grows, and others are served meanwhile.</summary>
[Collection<AloneCollection>]
public sealed class DnsFuzzTests
{
    private const int Seed = 5353;

    [Fact]
    [LongSet]
    public async Task Datagrams_OfAnyBytes_NothingBreaksOrGrows()
    {
        using var upstream = FakeUpstream.Saying("192.0.2.9");
        await using var site = await StartAsync(upstream);
        Random random = new(Seed);
        await FloodAsync(site, random, 2000);
        var before = Held();
        await FloodAsync(site, random, 20_000);
        Assert.InRange(Held() - before, long.MinValue, 10_000_000);
        AssertNothingBroke(site);
    }

    [Fact]
    [LongSet]
    public async Task Streams_OfAnyBytes_NothingBreaksOrGrows()
    {
        using var upstream = FakeUpstream.Saying("192.0.2.9");
        await using var site = await StartAsync(upstream);
        Random random = new(Seed);
        for (var i = 0; i < 50; i++)
            await RubbishAsync(site, random);
        var before = Held();
        for (var i = 0; i < 300; i++)
            await RubbishAsync(site, random);
        Assert.InRange(Held() - before, long.MinValue, 10_000_000);
        Assert.Equal(2, (await site.AskByTcpAsync(DnsSite.Query("www.example.org")))[0].Answers.Count);
        AssertNothingBroke(site);
    }

    [Fact]
    [LongSet]
    public async Task Upstream_OfAnyBytes_NothingBreaks()
    {
        Random random = new(Seed);
        using FakeUpstream honest = FakeUpstream.Saying("192.0.2.9");
        using UdpClient rogue = new(new IPEndPoint(IPAddress.Loopback, 0));
        var answering = AnswerAsync();
        await using var site = await DnsSite.StartAsync(options: new DnsOptions { Upstreams = [new DnsUpstream(IPAddress.Loopback, ((IPEndPoint)rogue.Client.LocalEndPoint!).Port), honest.Address], Timeout = TimeSpan.FromMilliseconds(20) });
        for (var i = 0; i < 200; i++)
        {
            var response = await site.AskAsync($"n{i}.test");
            Assert.True(response.Code is ResponseCode.NoError or ResponseCode.NXDomain or ResponseCode.ServFail);
        }

        rogue.Dispose();
        await answering;
        Assert.Equal(2, (await site.AskAsync("www.example.org")).Answers.Count);
        AssertNothingBroke(site);

        async Task AnswerAsync()
        {
            while (true)
            {
                try
                {
                    var received = await rogue.ReceiveAsync();
                    var query = DnsMessage.Read(received.Buffer);
                    var bytes = FakeUpstream.Reply(query, [FakeUpstream.Soa("a.b.c.test", 5, 5), new(query.Question.Name, RecordType.MX, 1, (byte[])[0, 1, 1, 97, 0])]).Write();
                    for (var changes = random.Next(0, 6); changes > 0; changes--)
                        bytes[random.Next(2, bytes.Length)] = (byte)random.Next(256);
                    await rogue.SendAsync(bytes, received.RemoteEndPoint);
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    if (rogue.Client is null || e is ObjectDisposedException)
                        return;
                }
            }
        }
    }

    [Fact]
    [LongSet]
    public async Task Streams_ThatDoNotRead_AreHeldUpUntilTheyDo()
    {
        const int count = 3000;
        await using var site = await DnsSite.StartAsync(DnsSite.Zone + string.Concat(Enumerable.Range(0, 1000).Select(i => $"\nmany A 10.0.{i / 250}.{i % 250}")) + "\n");
        using var greedy = await Peer.ConnectAsync(site.EndPoint);
        greedy.Socket.ReceiveBufferSize = 65_536;
        var query = DnsSite.Query("many.example.org").Write();
        var sending = greedy.SendAsync([.. Enumerable.Repeat((byte[])[0, (byte)query.Length, .. query], count).SelectMany(each => each)]);

        // It stands still when others are answered many times and this one is not.
        var (answered, since) = (0, 0);
        while (since < 2000)
        {
            Assert.Equal(2, (await site.AskAsync("www.example.org")).Answers.Count);
            var now = site.Log.Lines.Count(line => line.Text.Contains("many.example.org", StringComparison.Ordinal));
            (answered, since) = (now, now == answered ? since + 1 : 0);
        }

        Assert.InRange(answered, 0, count / 3);
        for (var i = 0; i < count; i++)
        {
            var length = await greedy.ReadAsync(2);
            await greedy.ReadAsync((length[0] << 8) | length[1]);
        }

        await sending;
    }

    private static Task<DnsSite> StartAsync(FakeUpstream upstream) =>
        DnsSite.StartAsync(hosts: "192.0.2.1 one.test", options: new DnsOptions { Upstreams = [upstream.Address], CacheSize = 1_000_000 });

    /// <summary>Sends datagrams that are rubbish or were questions, and asks something right in between.</summary>
    private static async Task FloodAsync(DnsSite site, Random random, int count)
    {
        using UdpClient client = new(AddressFamily.InterNetwork);
        for (var i = 0; i < count; i++)
        {
            await client.SendAsync(Rubbish(random), site.EndPoint, TestContext.Current.CancellationToken);
            while (client.Available > 0)
                Assert.InRange((await client.ReceiveAsync(TestContext.Current.CancellationToken).AsTask().Soon()).Buffer.Length, DnsMessage.HeaderSize, DnsMessage.UsualUdpSize);
            if (i % 100 == 0)
                Assert.Equal(2, (await site.AskAsync("www.example.org")).Answers.Count);
        }
    }

    private static async Task RubbishAsync(DnsSite site, Random random)
    {
        using var peer = await Peer.ConnectAsync(site.EndPoint);
        try
        {
            for (var i = random.Next(1, 20); i > 0; i--)
            {
                var rubbish = Rubbish(random);
                byte[] prefix = random.Next(4) == 0 ? [] : [(byte)(rubbish.Length >> 8), (byte)rubbish.Length];
                await peer.SendAsync([.. prefix, .. rubbish]);
            }

            peer.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // What is too long ends the connection.
        }

        await peer.ReadToEndAsync();
    }

    private static byte[] Rubbish(Random random)
    {
        byte[] rubbish;
        if (random.Next(3) == 0)
        {
            rubbish = new byte[random.Next(0, random.Next(10) == 0 ? 8000 : 200)];
            random.NextBytes(rubbish);
            return rubbish;
        }

        var types = Enum.GetValues<RecordType>();
        rubbish = DnsSite.Query(((string[])["www.example.org", "many.wild.example.org", "one.test", "far.example.org", $"n{random.Next(50)}.test"])[random.Next(5)], types[random.Next(types.Length)], random.Next(2) == 0 ? new Edns(random.Next(65536)) : null).Write();
        for (var changes = random.Next(0, 5); changes > 0; changes--)
            rubbish[random.Next(rubbish.Length)] = (byte)random.Next(256);
        return random.Next(4) == 0 ? rubbish[..random.Next(rubbish.Length)] : rubbish;
    }

    private static void AssertNothingBroke(DnsSite site) => Assert.DoesNotContain(site.Log.Lines, line => line.Failure is not null || line.Level >= LogLevel.Error);

    private static long Held()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
