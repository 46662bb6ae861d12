using Microsoft.Extensions.Logging;
using TacHost.Logging;

namespace TacHost.Tests.Logging;

[Collection<AloneCollection>]
public sealed class ConsoleCaptureTests : IDisposable
{
    private readonly RecordingSink _sink = new();
    private readonly LineLoggerFactory _loggers;

    public ConsoleCaptureTests() => _loggers = new LineLoggerFactory(new TextLogFormat(withTime: false), _sink);

    public void Dispose() => _loggers.Dispose();

    [Fact]
    public void Console_WrittenTo_BecomesLinesOfTwoCategories()
    {
        using (new ConsoleCapture(_loggers))
        {
            Console.WriteLine("one {0}", 1);
            Console.Write("t");
            Console.Write('w');
            Console.Write("o\r\nthree\n\n");
            Console.Error.WriteLine("bad");
        }

        Assert.Equal(
            [(LogLevel.Information, "[stdout] one 1\n"), (LogLevel.Information, "[stdout] two\n"), (LogLevel.Information, "[stdout] three\n"), (LogLevel.Information, "[stdout] \n"), (LogLevel.Error, "[stderr#error] bad\n")],
            _sink.Lines);
    }

    [Fact]
    public void Dispose_UnfinishedLine_IsLogged()
    {
        using (new ConsoleCapture(_loggers))
            Console.Write("unfinished");
        Assert.Equal(["[stdout] unfinished\n"], _sink.Texts);
        Console.Write("");
        Assert.Single(_sink.Texts);
    }

    [Fact]
    public void Write_LogPrintsItself_GoesToTheOriginal()
    {
        using var original = new StringWriter();
        CapturedWriter? writer = null;
        writer = new CapturedWriter(line => writer!.WriteLine($"cannot log '{line}'"), new Lazy<TextWriter>(original));
        writer.WriteLine("text");
        Assert.Equal("cannot log 'text'\n", original.ToString());
    }

    [Fact]
    public void Write_ManyThreads_LinesStayWhole()
    {
        using (new ConsoleCapture(_loggers))
            Parallel.For(0, 2_000, i => Console.WriteLine($"<{i}>"));
        Assert.Equal(Enumerable.Range(0, 2_000).Select(i => $"[stdout] <{i}>\n").Order(), _sink.Texts.Order());
    }
}
