using System.Buffers;
using System.Net.Sockets;

namespace TacHost.Services.Networking.Connections;

internal partial class SocketTransport
{
    private const int ReceiveBufferSize = 16 * 1024;

    /// <summary>Completes when reading is resumed; null while reading is not paused.</summary>
    private TaskCompletionSource? _resumed;

    /// <summary>Completes when the protocol stops writing, if it continued to write after the peer half-closed.</summary>
    private TaskCompletionSource? _ended;

    /// <summary>True from a pause until the protocol is notified that reading has resumed.</summary>
    private bool _wasPaused;

    public bool IsReading => _resumed is null && !_losing && !_closed;

    public bool IsIdle => IsReading && _producer is null;

    public void PauseReading()
    {
        lock (_socket)
        {
            // Data received after LoseConnection is discarded, but must be read to detect the end.
            if (_losing || _closed)
                return;
            _resumed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _wasPaused = true;
        }
    }

    public void ResumeReading()
    {
        lock (_socket)
            ResumeReader();
    }

    /// <summary>Reads until no data is available for now, or the peer has half-closed. Makes every callback after the first.</summary>
    private async Task ReceiveAsync()
    {
        // Without the yield, data that has already arrived, and any that follows, would be handled on the accepting thread.
        if (!IsWatched)
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (true)
            {
                if (_resumed is { } resumed)
                    await resumed.Task;
                if (_wasPaused)
                {
                    if (BeginReadingAgain())
                        CallBack(static transport => transport._protocol!.ReadingResumed());
                    continue;
                }

                // Waits without a buffer, so that an idle connection does not hold one.
                if (!IsWatched)
                    await WaitForDataAsync();
                if (_resumed is not null)
                    continue;
                ArmReader();
                var taken = TakeData();
                if (taken == ReadResult.End)
                    break;
                if (taken == ReadResult.Nothing && IsWatched && TryWait())
                    return;
            }

            var goesOn = false;
            if (!_losing)
                CallBack(transport => goesOn = transport._protocol!.LoseReadConnection());
            if (goesOn && WaitForWriteClose() is { } ended)
                await ended;

            // The peer sends no more data, but may continue to read. Everything that was written must be sent.
            await FinishSendingAsync();
            await SendCloseNotifyOnceAsync();
        }
        catch (Exception e) when (IsLoss(e))
        {
            lock (_socket)
            {
                if (!_closed && !_losing)
                    _reason ??= e;
            }
        }

        lock (_socket)
        {
            if (!_closed)
                CloseSocket();
        }

        NotifyLost();
        Release();
        Unwatch();
        _owner.Remove(this);
    }

    private enum ReadResult
    {
        Some,
        Nothing,
        End,
    }

    /// <summary>Receives the available data and passes it to the protocol.</summary>
    private ReadResult TakeData()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReceiveBufferSize);
        try
        {
            var count = ReceiveNow(buffer, out var error);
            if (error == SocketError.WouldBlock)
                return ReadResult.Nothing;
            if (error != SocketError.Success)
                throw new SocketException((int)error);
            if (count > 0 && !_losing)
            {
                NoteActivity();
                _owner.Counts?.CountReceived(count);
                CallBack(transport => transport._protocol!.Receive(buffer.AsSpan(0, count)));
            }

            return count > 0 ? ReadResult.Some : ReadResult.End;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Clears the paused flag. Returns false if reading was paused again or the connection is closing.</summary>
    private bool BeginReadingAgain()
    {
        lock (_socket)
        {
            if (_resumed is not null)
                return false;
            _wasPaused = false;
            return IsReading;
        }
    }

    private Task? WaitForWriteClose()
    {
        lock (_socket)
            return _losing || _closed ? null : (_ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    /// <summary>Resumes a paused reader. Called with the lock held.</summary>
    private void ResumeReader()
    {
        _resumed?.SetResult();
        _resumed = null;
        OnReadable();
    }
}
