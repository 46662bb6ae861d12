using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TacHost.Interop;

namespace TacHost.Web.Access;

/// <summary>The file that lines about requests are added to, by a task of its own.</summary>
/// <remarks>
/// It is opened for each batch of lines, so that logrotate and people may rename it at any time. When it cannot be written, that is said once, requests are
/// answered nevertheless, and the number of lost lines is told when it can be written again.
/// </remarks>
internal sealed class AccessLogFile : IAsyncDisposable
{
    private const int LongestQueue = 16 * 1024;

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(LongestQueue) { SingleReader = true });
    private readonly string _path;
    private readonly ILogger _logger;
    private readonly Task _writing;
    private long _lost;

    /// <param name="path">The absolute path.</param>
    /// <param name="logger">Logs lost lines.</param>
    /// <exception cref="IOException">It cannot be written to.</exception>
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

    /// <summary>Adds a line, never waiting for the disk: when it is too far behind, lines are lost.</summary>
    public void Write(string line)
    {
        if (!_lines.Writer.TryWrite(line))
            Interlocked.Increment(ref _lost);
    }

    /// <summary>Ends when all lines are written.</summary>
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
        if (file.WhyNotOwner() is not { } reason)
            return new FileStream(file.Handle, FileAccess.Write, bufferSize: 0);
        file.Handle.Dispose();
        throw new IOException(reason);
    }
}
