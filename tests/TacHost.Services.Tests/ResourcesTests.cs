using TacHost.Services.Networking;

namespace TacHost.Services.Tests;

[Collection<AloneCollection>]
public sealed class ResourcesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [LongSet]
    public async Task StartAndStop_AThousandTimes_LeaveNoThreadAndNoDescriptor()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only /proc tells what a process holds.");
        var application = new Application("top");
        new ExecutingService(stoppingToken => Task.Delay(Timeout.Infinite, stoppingToken)).SetServiceParent(application);
        var server = new TcpServer(0, FactoryOf.Reciters("poem"u8.ToArray()), "127.0.0.1");
        server.SetServiceParent(application);
        await CyclesAsync(100);

        // What the runtime opens for itself stays below this; a leak of one a cycle is far above.
        const int Slack = 20;
        var (threads, descriptors) = (AcceptingThreads(), Descriptors());
        await CyclesAsync(1_000);
        await Until.TrueAsync(() => AcceptingThreads() <= threads, "the last accepting thread to end");
        Assert.InRange(Descriptors(), 0, descriptors + Slack);

        async Task CyclesAsync(int count)
        {
            for (var cycle = 0; cycle < count; cycle++)
            {
                await application.StartAsync(Token).Soon();
                if (cycle % 10 == 0)
                {
                    using var client = await LoopbackPeer.ConnectAsync(server.LocalAddresses[0]);
                    await client.ReadToEndAsync();
                }

                await application.StopAsync(Token).Soon();
            }
        }
    }

    [Fact]
    public async Task PrivilegedStartAsync_TakenPortManyTimes_LeavesNoDescriptor()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only /proc tells what a process holds.");
        var holder = new TcpServer(0, FactoryOf.Reciters([]), "127.0.0.1");
        await holder.PrivilegedStartAsync(Token);
        var late = new TcpServer(holder.LocalAddresses[0].Port, FactoryOf.Reciters([]), "127.0.0.1");
        var descriptors = Descriptors();
        for (var attempt = 0; attempt < 30; attempt++)
            await Assert.ThrowsAsync<CannotListenException>(() => late.PrivilegedStartAsync(Token));
        Assert.InRange(Descriptors(), 0, descriptors + 10);
        await holder.StopAsync(Token);
    }

    private static int AcceptingThreads() =>
        Directory.EnumerateDirectories("/proc/self/task").Count(thread => File.ReadAllText(Path.Combine(thread, "comm")).StartsWith("accept", StringComparison.Ordinal));

    private static int Descriptors() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count();
}
