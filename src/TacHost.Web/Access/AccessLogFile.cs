using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TacHost.Native;

namespace TacHost.Web.Access;

/// <summary>The access log file, written by a background task.</summary>
/// <remarks>
/// The file is opened for each batch of lines, so it can be renamed at any time, by logrotate or manually. If it cannot be written, one error is
/// logged and requests are still answered. When it is writable again, the number of lost lines is logged.
/// </remarks>
internal sealed class AccessLogFile : IAsyncDisposable
{
    private const int LongestQueue = 16 * 1024;

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(LongestQueue) { SingleReader = true });
    private readonly string _path;
    private readonly ILogger _logger;
    private readonly Task _writing;
    private long _lost;

    /// <summary>Opens the file to check that it is writable, and starts the task.</summary>
    /// <param name="path">The absolute path of the file.</param>
    /// <param name="logger">The logger for lost lines.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public AccessLogFile(string path, ILogger logger)
    {
        (_path, _logger) = (path, logger);
        try
        {
            Open().Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"the access log '{path}' cannot be written: {e.Message.TrimEnd('.')}. Choose another file, or let this user write there.", e);
        }

        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Adds a line without waiting for the disk. If the queue is full, the line is lost.</summary>
    public void Write(string line)
    {
        if (!_lines.Writer.TryWrite(line))
            Interlocked.Increment(ref _lost);
    }

    /// <summary>Completes after all lines have been written.</summary>
    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAllAsync()
    {
        List<string> batch = [];
        var works = true;
        while (await _lines.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < LongestQueue && _lines.Reader.TryRead(out var line))
                batch.Add(line);
            try
            {
                using (StreamWriter writer = new(Open()))
                    await writer.WriteAsync(string.Concat(batch.Select(line => line + "\n")));
                if (Interlocked.Exchange(ref _lost, 0) is > 0 and var lost)
                    WebLog.AccessLogMended(_logger, _path, lost);
                works = true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Interlocked.Add(ref _lost, batch.Count);
                if (works)
                    WebLog.AccessLogBroken(_logger, _path, e.Message);
                works = false;
            }
        }
    }

    private FileStream Open()
    {
        const uint readableAndWritable = 0x1B6; // 0666, of which the umask takes its part
        using var file = GuardedFile.Open(_path, OpenFlags.WriteOnly | OpenFlags.Append | OpenFlags.Create | OpenFlags.NoControllingTerminal, readableAndWritable);
        if (file.ExplainOwnerDistrust() is not { } reason)
            return new FileStream(file.Handle, FileAccess.Write, bufferSize: 0);
        file.Handle.Dispose();
        throw new IOException(reason);
    }
}
