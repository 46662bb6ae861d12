using System.Diagnostics;

namespace TacHost.Tests.Logging;

/// <summary>Waits for what another thread or process does, and never for ever.</summary>
internal static class Wait
{
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(20);

    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < _longest, $"waited in vain for: {what}");
            await Task.Delay(5);
        }
    }
}
