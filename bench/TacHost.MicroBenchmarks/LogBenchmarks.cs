using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging;
using TacHost.Logging;

namespace TacHost.MicroBenchmarks;

/// <summary>One line, from the logger to bytes, and on into the rolling file.</summary>
public partial class LogBenchmarks
{
    private const string Peer = "127.0.0.1:41904";

    private readonly string _directory = Directory.CreateTempSubdirectory("tachost-micro-").FullName;
    private LogOutput _file = null!;
    private LineLoggerFactory _nowhere = null!;
    private ConsoleSink _sink = null!;
    private ILogger _toFile = null!;
    private ILogger _toNowhere = null!;
    private RotatingLogFile _rotating = null!;
    private byte[] _fill = [];

    [GlobalSetup]
    public void Open()
    {
        _file = LogOutput.Open(new LogOptions { File = Path.Combine(_directory, "lines.log"), FileSize = 100_000_000, FilesKept = 2 });
        _toFile = _file.Factory.CreateLogger("fastpoetry/PoetryFactory");
        _sink = new ConsoleSink(Stream.Null);
        _nowhere = new LineLoggerFactory(new TextLogFormat(), _sink);
        _toNowhere = _nowhere.CreateLogger("fastpoetry/PoetryFactory");
        _rotating = RotatingLogFile.Open(Path.Combine(_directory, "rotating.log"), new LogOptions { FileSize = 1000, FilesKept = 10 }, _ => []);
        _fill = [.. Enumerable.Repeat((byte)'x', 999), (byte)'\n'];
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        _file.Dispose();
        _nowhere.Dispose();
        _sink.Dispose();
        _rotating.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Benchmark]
    public void Format() => Sending(_toNowhere, 3003, Peer);

    [Benchmark]
    public void FormatAndWrite() => Sending(_toFile, 3003, Peer);

    /// <summary>A line that fills a file, so that each one rotates ten.</summary>
    [Benchmark]
    public void Rotate()
    {
        _rotating.Write(new LogLine(DateTimeOffset.UnixEpoch, LogLevel.Information, _fill));
        _rotating.Flush();
    }

    [LoggerMessage(1, LogLevel.Information, "sending {Length} bytes of poetry to {Peer}")]
    private static partial void Sending(ILogger logger, int length, string peer);
}
