namespace TacHost.Telnet.Tests.Fakes;

/// <summary>Waits for something that nobody tells of.</summary>
internal static class Until
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(10);

    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        using CancellationTokenSource limit = new(_limit);
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested, $"Waited in vain for this: {what}.");
            await Task.Delay(_pause, TestContext.Current.CancellationToken);
        }
    }
}
