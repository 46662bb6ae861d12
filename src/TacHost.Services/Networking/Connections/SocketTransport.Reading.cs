using System.Buffers;
using System.Net.Sockets;

namespace TacHost.Services.Networking.Connections;

internal partial class SocketTransport
{
    private const int ReceiveBufferSize = 16 * 1024;

    /// <summary>What a paused reader waits for; null while it is not paused.</summary>
    private TaskCompletionSource? _resumed;

    /// <summary>What the reader waits for after the end of what the peer sends, if the protocol goes on writing.</summary>
    private TaskCompletionSource? _ended;

    /// <summary>Whether reading has been paused since the protocol was last told that it goes on.</summary>
    private bool _wasPaused;

    public bool IsReading => _resumed is null && !_losing && !_closed;

    public bool IsIdle => IsReading && _producer is null;

    public void PauseReading()
    {
        lock (_socket)
        {
            // What is received after LoseConnection is dropped, and must be read to see the end.
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

    /// <summary>Reads until there is nothing for now, or the peer has finished; owns every callback after the first.</summary>
    private async Task ReceiveAsync()
    {
        // A peer that has sent something already would have its bytes handled, and more of them as they come, on the accepting thread.
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

                // Waiting without a buffer: an idle connection holds none.
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

            // The peer sends no more, but may well read on: it gets all that was written.
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

        TellLost();
        Release();
        Unwatch();
        _owner.Release(this);
    }

    private enum ReadResult
    {
        Some,
        Nothing,
        End,
    }

    /// <summary>Takes what has come.</summary>
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

    /// <summary>Notes that the protocol is told of the end of a pause, unless there is another already.</summary>
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

    /// <summary>Lets a reader that waits go on. Called with the lock held.</summary>
    private void ResumeReader()
    {
        _resumed?.SetResult();
        _resumed = null;
        OnReadable();
    }
}
