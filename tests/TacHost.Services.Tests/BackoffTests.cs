namespace TacHost.Services.Tests;

public sealed class BackoffTests
{
    [Fact]
    public void Constant_AnyNumberOfFailures_HasTheSameDelay()
    {
        var backoff = Backoff.Constant(TimeSpan.FromSeconds(7));
        Assert.All(Enumerable.Range(1, 200), failures => Assert.Equal(TimeSpan.FromSeconds(7), backoff.DelayAfter(failures)));
        Assert.Equal(TimeSpan.Zero, backoff.DelayAfter(0));
    }

    [Fact]
    public void Constant_NegativeDelay_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => Backoff.Constant(TimeSpan.FromTicks(-1)));
}
