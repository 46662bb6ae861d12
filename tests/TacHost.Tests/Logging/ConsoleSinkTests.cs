using Microsoft.Extensions.Logging;
using TacHost.Logging;

namespace TacHost.Tests.Logging;

public sealed class ConsoleSinkTests
{
    [Fact]
    public void Write_ReaderHasGone_StopsNobody()
    {
        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        new ConsoleSink(full).Write(new LogLine(default, LogLevel.Information, "lost\n"u8));
    }

    [Fact]
    public void Write_ManyThreads_LinesStayWhole()
    {
        using var output = new MemoryStream();
        var sink = new ConsoleSink(output);
        Parallel.For(0, 5_000, i => sink.Write(new LogLine(default, LogLevel.Information, System.Text.Encoding.UTF8.GetBytes($"{i}\n"))));
        Assert.Equal(Enumerable.Range(0, 5_000), System.Text.Encoding.UTF8.GetString(output.ToArray()).TrimEnd().Split('\n').Select(int.Parse).Order());
    }
}
