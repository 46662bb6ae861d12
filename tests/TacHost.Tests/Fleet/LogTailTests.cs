using TacHost.Fleet;

namespace TacHost.Tests.Fleet;

public sealed class LogTailTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Log => Path.Combine(_directory.Path, "poem.log");

    [Fact]
    public void Read_AfterSeveralRotations_ReturnsEachLineOnce()
    {
        File.WriteAllText($"{Log}.1", "rotated before\n");
        File.WriteAllText(Log, "there before\n");
        using LogTail tail = new(Log);
        File.AppendAllText(Log, "one\n");
        Assert.Equal(["one"], tail.Read());

        File.AppendAllText(Log, "two\n");
        Rotate("three\n");
        Rotate("four\nfi");
        Assert.Equal(["two", "three", "four"], tail.Read());
        File.AppendAllText(Log, "ve\n\tand more\n");
        Assert.Equal(["five\n\tand more"], tail.Read());
        Assert.Equal([], tail.Read());
    }

    [Fact]
    public void Read_OfAFileThatIsTruncatedOrMovedElsewhere_ContinuesWithTheNewLines()
    {
        File.WriteAllText($"{Log}.1", "rotated before\n");
        File.WriteAllText(Log, "there before\n");
        using LogTail tail = new(Log);
        File.WriteAllText(Log, "short\n");
        Assert.Equal(["short"], tail.Read());

        File.AppendAllText(Log, "last\n");
        File.Move(Log, $"{Log}-20261129");
        Assert.Equal(["last"], tail.Read());
        File.WriteAllText(Log, "first\n");
        Assert.Equal(["first"], tail.Read());
    }

    [Fact]
    public void Read_OfANewLog_BeginsAtItsStart()
    {
        using LogTail tail = new(Log, fromStart: true);
        Assert.Equal([], tail.Read());
        File.WriteAllText(Log, "first\n");
        Assert.Equal(["first"], tail.Read());
    }

    public void Dispose() => _directory.Dispose();

    private void Rotate(string text)
    {
        if (File.Exists($"{Log}.1"))
            File.Move($"{Log}.1", $"{Log}.2", overwrite: true);
        File.Move(Log, $"{Log}.1");
        File.WriteAllText(Log, text);
    }
}
