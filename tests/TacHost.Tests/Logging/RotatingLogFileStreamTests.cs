using System.Text;
using Microsoft.Extensions.Logging;
using TacHost.Logging;

namespace TacHost.Tests.Logging;

public sealed class RotatingLogFileStreamTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string LogPath => Path.Combine(_directory.Path, "x.log");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Flush_AfterSeveralWrites_MakesOneLineThatIsNotSplitBetweenFiles()
    {
        using (RotatingLogFileStream stream = new(Open(size: 30)))
        {
            foreach (var part in (string[])["first ", "line, of ", "two parts\n"])
                stream.Write(Encoding.UTF8.GetBytes(part));
            stream.Flush();
            stream.Flush();
            stream.Write("0123456789"u8.ToArray(), 4, 6);
            stream.WriteByte((byte)'\n');
        }

        Assert.Equal(["456789\n", "first line, of two parts\n"], new[] { LogPath, LogPath + ".1" }.Select(File.ReadAllText));
    }

    [Fact]
    public void SerilogFileSink_AnyLines_AreTheSameInTheFile()
    {
        string[] lines = ["plain\n", "{Line} {0} {{}}\n", "\ta\n\tb\n", "żółć 詩 🌹\n", "\n", new string('x', 5000) + "\n"];
        using (SerilogFileSink sink = new(Open(size: 0)))
        {
            foreach (var line in lines)
                sink.Write(new LogLine(DateTimeOffset.UnixEpoch, LogLevel.Warning, Encoding.UTF8.GetBytes(line)));
            sink.Flush();
            Assert.Equal(string.Concat(lines), File.ReadAllText(LogPath));
        }
    }

    private RotatingLogFile Open(long size) => RotatingLogFile.Open(LogPath, new LogOptions { FileSize = size, FilesKept = 5 }, _ => []);
}
