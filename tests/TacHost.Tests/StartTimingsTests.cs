namespace TacHost.Tests;

public sealed class StartTimingsTests
{
    [Fact]
    public void ToString_AfterTwoParts_IsALineForEachInOrderAndOneForAll()
    {
        var timings = new StartTimings(isAskedFor: true);
        timings.Mark("first");
        timings.Mark("second");

        Assert.Matches(@"^ +\d+\.\d ms  \.NET itself, before tachost \(time of the processor\)\n +\d+\.\d ms  first\n +\d+\.\d ms  second\n +\d+\.\d ms  in all; \d+ methods left to the JIT, \d+\.\d ms; \d+ assemblies\n$", timings.ToString());
    }
}
