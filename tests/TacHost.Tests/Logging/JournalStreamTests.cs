using System.Text;
using Microsoft.Extensions.Logging;
using TacHost.Logging;

namespace TacHost.Tests.Logging;

public sealed class JournalStreamTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void IsAt_DeviceAndInodeOfTheStream_IsTrueForThatOneOnly()
    {
        using var stream = File.OpenHandle(_directory["stream"], FileMode.Create, FileAccess.Write);
        var journalStream = Command.Run("stat", "-c", "%d:%i", _directory["stream"]);
        using var null1 = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write);

        Assert.True(JournalStream.IsAt(stream, journalStream));
        Assert.False(JournalStream.IsAt(null1, journalStream));
        Assert.True(JournalStream.IsAt(null1, Command.Run("stat", "-c", "%d:%i", "/dev/null")));
        Assert.False(JournalStream.IsAt(stream, null));
        Assert.False(JournalStream.IsAt(stream, "8:1"));
    }

    [Theory]
    [InlineData(LogLevel.Trace, 7)]
    [InlineData(LogLevel.Debug, 7)]
    [InlineData(LogLevel.Information, 6)]
    [InlineData(LogLevel.Warning, 4)]
    [InlineData(LogLevel.Error, 3)]
    [InlineData(LogLevel.Critical, 2)]
    public void Write_EveryLine_BeginsWithItsLevel(LogLevel level, int number)
    {
        var sink = new RecordingSink();
        new JournalStream(sink).Write(new LogLine(default, level, Encoding.UTF8.GetBytes("[-] one\n\ttwo\n")));
        Assert.Equal([$"<{number}>[-] one\n<{number}>\ttwo\n"], sink.Texts);
    }
}
