using System.Diagnostics;

namespace TacHost.Logging;

/// <summary>A stream that is written by a dedicated thread from a bounded queue, so that a blocked reader does not block the callers.</summary>
/// <remarks>If the queue is full, whole calls are dropped and counted. If the stream refuses, the calls of the attempt are counted, too. The thread starts with the first bytes and ends with the process.</remarks>
/// <param name="output">The unbuffered stream.</param>
/// <param name="longestQueue">The maximum size of the queue in bytes.</param>
/// <param name="describeLoss">Creates a line about the number of dropped calls, or null to omit the line.</param>
internal sealed class QueuedOutput(Stream output, int longestQueue = QueuedOutput.LongestQueue, Func<long, byte[]>? describeLoss = null) : IDisposable
{
    private const int LongestQueue = 1024 * 1024;

    private static readonly TimeSpan _longestFlush = TimeSpan.FromSeconds(2);

    private readonly object _gate = new();
    private MemoryStream _queued = new();
    private Thread? _writer;
    private bool _isWriting;
    private long _lost;
    private long _lostBefore;
    private int _calls;
    private bool _isStuck;

    /// <summary>Gets how many calls were dropped or refused since the start.</summary>
    public long Lost => Volatile.Read(ref _lostBefore) + Volatile.Read(ref _lost);

    /// <summary>Queues bytes, or drops all of them.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            // Data longer than the queue is accepted if the queue is empty.
            if (_queued.Length > 0 && _queued.Length + bytes.Length > longestQueue)
            {
                _lost++;
                return;
            }

            LogLoss();
            _queued.Write(bytes);
            _calls++;
            Begin();
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until the queue has been written, but at most two seconds for a blocked reader.</summary>
    public void Flush()
    {
        var began = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            while ((_queued.Length > 0 || _isWriting) && !_isStuck)
            {
                var left = _longestFlush - Stopwatch.GetElapsedTime(began);
                _isStuck = left <= TimeSpan.Zero || !Monitor.Wait(_gate, left);
            }
        }
    }

    /// <summary>Flushes the queue. Further data is still written while the process is running.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            LogLoss();
            Monitor.PulseAll(_gate);
        }

        Flush();
    }

    private void LogLoss()
    {
        if (_lost > 0 && describeLoss is not null)
            _queued.Write(describeLoss(_lost));
        _lostBefore += _lost;
        _lost = 0;
    }

    private void Begin()
    {
        if (_writer is not null)
            return;
        try
        {
            _writer = new Thread(Run) { IsBackground = true, Name = "output" };
            _writer.Start();
        }
        catch (OutOfMemoryException)
        {
            // A further thread cannot be started, so this thread writes and may block.
            _writer = null;
            _lost += TryWrite(_queued) ? 0 : _calls;
            _calls = 0;
        }
    }

    private void Run()
    {
        MemoryStream spare = new();
        var refused = 0;
        while (true)
        {
            int calls;
            lock (_gate)
            {
                _lost += refused;
                (_isWriting, _isStuck) = (false, false);
                Monitor.PulseAll(_gate);
                while (_queued.Length == 0)
                    Monitor.Wait(_gate);
                (_queued, spare) = (spare, _queued);
                (calls, _calls) = (_calls, 0);
                _isWriting = true;
            }

            refused = TryWrite(spare) ? 0 : calls;
            if (spare.Capacity > longestQueue)
                spare = new MemoryStream();
        }
    }

    private bool TryWrite(MemoryStream bytes)
    {
        try
        {
            output.Write(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // The reader has closed the stream, or its disk is full. The error cannot be reported, and the services continue.
            return false;
        }
        finally
        {
            bytes.SetLength(0);
        }
    }
}
