using System.IO.Pipes;
using Microsoft.Extensions.Logging;
using TacHost.Logging;
using TacHost.Native;

namespace TacHost.Tests.Logging;

public sealed class ConsoleSinkTests
{
    [Fact]
    public void Write_ReaderHasGone_StopsNobody()
    {
        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        using ConsoleSink sink = new(full);
        sink.Write(new LogLine(default, LogLevel.Information, "lost\n"u8));
        sink.Flush();
        Assert.Equal(1, sink.LostLines);
    }

    /// <summary>As ssh and some supervisors leave standard output: it does not block, and takes nothing while its reader is slow.</summary>
    [Fact]
    public async Task Write_PipeThatDoesNotBlock_IsWaitedFor()
    {
        using AnonymousPipeServerStream pipe = new(PipeDirection.Out);
        using AnonymousPipeClientStream reader = new(PipeDirection.In, pipe.ClientSafePipeHandle);
        var descriptor = (int)pipe.SafePipeHandle.DangerousGetHandle();
        Assert.Equal(0, Libc.Fcntl(descriptor, DescriptorCommand.SetStatus, (int)OpenFlags.NonBlocking));
        await using var output = StandardStreams.Raw(descriptor);
        ConsoleSink sink = new(output);
        for (var i = 0; i < 300; i++)
            sink.Write(new LogLine(default, LogLevel.Information, System.Text.Encoding.UTF8.GetBytes($"{i}{new string('x', 1000)}\n")));
        using StreamReader text = new(reader);
        for (var i = 0; i < 300; i++)
            Assert.StartsWith($"{i}x", await text.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(0, sink.LostLines);
    }

    [Fact]
    public async Task Write_ReaderTakesNothing_DropsAndCountsInsteadOfWaiting()
    {
        using AnonymousPipeServerStream pipe = new(PipeDirection.Out);
        using AnonymousPipeClientStream reader = new(PipeDirection.In, pipe.ClientSafePipeHandle);
        ConsoleSink sink = new(pipe, text => System.Text.Encoding.UTF8.GetBytes(text + "\n"));
        var line = System.Text.Encoding.UTF8.GetBytes(new string('x', 999) + "\n");
        for (var i = 0; i < 3_000; i++)
            sink.Write(new LogLine(default, LogLevel.Information, line));
        sink.Dispose(); // waits for a while, and then no longer

        using StreamReader text = new(reader);
        for (var i = 0; i < 1_000; i++)
            Assert.Equal(999, (await text.ReadLineAsync(TestContext.Current.CancellationToken))!.Length);
        sink.Write(new LogLine(default, LogLevel.Information, "after\n"u8));
        string? notice;
        do
        {
            notice = await text.ReadLineAsync(TestContext.Current.CancellationToken);
        }
        while (notice!.StartsWith('x'));
        Assert.Matches(@"^Standard output was not read\. Lines lost here: \d+\.$", notice);
        Assert.EndsWith($" {sink.LostLines}.", notice, StringComparison.Ordinal);
        Assert.Equal("after", await text.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Write_ManyThreads_LinesStayWhole()
    {
        using var output = new MemoryStream();
        var sink = new ConsoleSink(output);
        Parallel.For(0, 5_000, i => sink.Write(new LogLine(default, LogLevel.Information, System.Text.Encoding.UTF8.GetBytes($"{i}\n"))));
        sink.Flush();
        Assert.Equal(Enumerable.Range(0, 5_000), System.Text.Encoding.UTF8.GetString(output.ToArray()).TrimEnd().Split('\n').Select(int.Parse).Order());
    }
}
