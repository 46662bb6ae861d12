using TacHost.Servers.ProcMon;

namespace TacHost.Servers.Tests.ProcMon;

public sealed class RestartDelayTests
{
    private static readonly TimeSpan _short = TimeSpan.FromSeconds(0.9);
    private static readonly TimeSpan _long = TimeSpan.FromSeconds(1);

    [Fact]
    public void After_ShortRuns_DoublesUpToTheLongest()
    {
        RestartDelay delays = new(_long, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3600));
        double[] expected = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600];
        Assert.Equal(expected, expected.Select(_ => delays.After(_short).TotalSeconds));
    }

    [Fact]
    public void After_LongRun_IsNothingAndBeginsAgain()
    {
        RestartDelay delays = new(_long, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3600));
        delays.After(_short);
        delays.After(_short);
        Assert.Equal(TimeSpan.Zero, delays.After(_long));
        Assert.Equal(TimeSpan.FromSeconds(1), delays.After(_short));
    }
}
