using Microsoft.Extensions.Time.Testing;
using TacHost.Services.Networking;

namespace TacHost.Services.Tests.Networking;

public sealed class LogLimitTests
{
    [Fact]
    public void Write_TooOften_CountsWhatItLeavesOut()
    {
        FakeTimeProvider time = new();
        LogLimit limit = new(2, time);
        List<string> lines = [];
        for (var i = 0; i < 5; i++)
            limit.Write(more => lines.Add($"line {i}{more}"));
        Assert.Equal(["line 0", "line 1"], lines);

        time.Advance(TimeSpan.FromMinutes(1));
        limit.Write(more => lines.Add($"later{more}"));
        limit.Write(more => lines.Add($"last{more}"));
        Assert.Equal(["line 0", "line 1", "later (3 similar lines were suppressed before)", "last"], lines);
    }
}
