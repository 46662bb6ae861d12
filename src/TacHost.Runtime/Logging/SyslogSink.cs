using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using TacHost.Services;

namespace TacHost.Logging;

/// <summary>Sends lines to a syslog daemon from a queue, without blocking the callers.</summary>
/// <remarks>
/// While the daemon is unreachable, lines are queued, so that a restart of the daemon loses nothing. If the queue is full, lines are
/// dropped and counted, and their number is sent instead.
/// </remarks>
internal sealed class SyslogSink : ILogSink
{
    private const int LongestQueue = 4 * 1024 * 1024;

    private static readonly TimeSpan _firstConnection = TimeSpan.FromSeconds(1);
    /// <summary>The first delay is 0.1 seconds.</summary>
    private static readonly Backoff _backoff = new()
    {
        InitialDelay = TimeSpan.FromMilliseconds(50),
        Factor = 2,
        MaxDelay = TimeSpan.FromSeconds(5),
        Jitter = () => TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * 50),
    };

    private static readonly TimeSpan _longestEnd = TimeSpan.FromSeconds(2);

    private readonly SyslogSocket _socket;
    private readonly SyslogMessage _form;
    private readonly Func<string, byte[]> _notice;
    private readonly int _longestQueue;
    private readonly Channel<Entry> _queue = Channel.CreateUnbounded<Entry>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _gate = new();
    private readonly Task _sender;
    private long _queuedBytes;
    private long _lostLines;
    private long _lostBefore;
    private volatile string _lostFor = "the syslog daemon is too slow";

    /// <param name="options">The target and the format of the messages.</param>
    /// <param name="notice">Creates a log line for a message of this sink.</param>
    /// <param name="longestQueue">The maximum size of the queue in bytes.</param>
    public SyslogSink(SyslogOptions options, Func<string, byte[]> notice, int longestQueue = LongestQueue)
    {
        (_socket, _form, _notice, _longestQueue) = (new SyslogSocket(options.Target), new SyslogMessage(options), notice, longestQueue);
        _sender = Task.Run(SendAllAsync);
        WaitFor(Reached(), _firstConnection);
    }

    public long LostLines => Volatile.Read(ref _lostBefore) + Volatile.Read(ref _lostLines);

    public void Write(in LogLine line)
    {
        var messages = _form.Of(line);
        var size = messages.Sum(message => message.Length);
        lock (_gate)
        {
            // A line longer than the queue is accepted if the queue is empty.
            if (_queuedBytes > 0 && _queuedBytes + size > _longestQueue)
            {
                _lostLines++;
                return;
            }

            LogLoss(line.Time);
            Enqueue(messages);
        }
    }

    public void Flush() => WaitFor(Reached(), _longestEnd);

    public void Dispose()
    {
        lock (_gate)
        {
            LogLoss(TimeProvider.System.GetLocalNow());
            _queue.Writer.TryComplete();
        }

        WaitFor(_sender, _longestEnd);
        _ended.Cancel();
        WaitFor(_sender, _longestEnd);
        _socket.Dispose();
    }

    private void LogLoss(DateTimeOffset time)
    {
        if (_lostLines == 0)
            return;
        var text = _notice($"Syslog could not be reached: {_lostFor}. Lines lost here: {_lostLines}.");
        Enqueue(_form.Of(new LogLine(time, LogLevel.Error, text)));
        _lostBefore += _lostLines;
        _lostLines = 0;
    }

    private void Enqueue(List<byte[]> messages)
    {
        _queuedBytes += messages.Sum(message => message.Length);
        _queue.Writer.TryWrite(new Entry(messages, null));
    }

    /// <summary>Returns a task that completes when all currently queued lines have been sent.</summary>
    private Task Reached()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_queue.Writer.TryWrite(new Entry([], reached)))
            reached.SetResult();
        return reached.Task;
    }

    private async Task SendAllAsync()
    {
        await TryAsync(() => _socket.ConnectAheadAsync(_ended.Token));
        await foreach (var entry in _queue.Reader.ReadAllAsync())
        {
            foreach (var message in entry.Messages)
            {
                await SendAsync(message);
                lock (_gate)
                    _queuedBytes -= message.Length;
            }

            entry.Reached?.SetResult();
        }
    }

    private async Task SendAsync(byte[] message)
    {
        for (var failures = 1; !_ended.IsCancellationRequested && !await TryAsync(() => _socket.SendAsync(message, _ended.Token)); failures++)
            await TryAsync(() => Task.Delay(_backoff.DelayAfter(failures), _ended.Token));
    }

    private async Task<bool> TryAsync(Func<Task> attempt)
    {
        try
        {
            await attempt();
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            _lostFor = e is SocketException ? e.Message : "the syslog daemon does not answer";
            return false;
        }
    }

    /// <summary>Blocks until a task has completed or a timeout has elapsed, because the callers cannot await.</summary>
    private static void WaitFor(Task task, TimeSpan limit) => Task.WaitAny([task], limit);

    private sealed record Entry(List<byte[]> Messages, TaskCompletionSource? Reached);
}
