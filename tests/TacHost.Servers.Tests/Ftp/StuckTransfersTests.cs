using TacHost.Servers.Tests.Ftp.Fakes;

namespace TacHost.Servers.Tests.Ftp;

[Collection<AloneCollection>]
public sealed class StuckTransfersTests
{
    [Fact]
    public async Task Retrieve_ClientsThatDoNotRead_DisturbNobody()
    {
        await using var site = await FtpSite.StartAsync();
        using (var large = File.Create(site["large"]))
            large.SetLength(500_000_000);
        List<IDisposable> stuck = [];
        var before = GC.GetTotalAllocatedBytes();
        for (var i = 0; i < 15; i++)
        {
            var client = await site.LogInAsync("ftp");
            stuck.AddRange([client, await client.PassiveAsync()]);
            await client.SayAsync("RETR large", 150);
        }

        using var other = await site.LogInAsync("ftp");
        for (var i = 0; i < 20; i++)
            Assert.StartsWith("I celebrate", await other.GetAsync("RETR pub/poem.txt"), StringComparison.Ordinal);

        // Far from the 7.5 GB that they asked for.
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 100_000_000);
        foreach (var each in stuck)
            each.Dispose();
    }
}
