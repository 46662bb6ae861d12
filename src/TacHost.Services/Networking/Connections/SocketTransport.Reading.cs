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

    public void PauseReading()
    {
        lock (_gate)
        {
            // What is received after LoseConnection is dropped, and must be read to see the end.
            if (!_losing && !_closed)
                _resumed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void ResumeReading()
    {
        lock (_gate)
            GoOn();
    }

    /// <summary>Reads until the peer has finished, and owns every callback after the first.</summary>
    private async Task ReceiveAsync()
    {
        // A peer that has sent something already would have its bytes handled, and more of them as they come, on the accepting thread.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (true)
            {
                if (_resumed is { } resumed)
                    await resumed.Task;

                // Waiting without a buffer: an idle connection holds none.
                await WaitForDataAsync();
                if (_resumed is null && !TakeData())
                    break;
            }

            var goesOn = false;
            if (!_losing)
                Call(transport => goesOn = transport._protocol!.LoseReadConnection());
            if (goesOn && EndToWaitFor() is { } ended)
                await ended;

            // The peer sends no more, but may well read on: it gets all that was written.
            await FinishSendingAsync();
            await SayGoodbyeOnceAsync();
        }
        catch (Exception e) when (IsLoss(e))
        {
            lock (_gate)
            {
                if (!_closed && !_losing)
                    _reason ??= e;
            }
        }

        lock (_gate)
        {
            if (!_closed)
                CloseSocket();
        }

        TellLost();
        Release();
        _listener.Release(this);
    }

    /// <summary>Takes what has come.</summary>
    /// <returns>Whether more may come.</returns>
    private bool TakeData()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReceiveBufferSize);
        try
        {
            var count = ReceiveNow(buffer, out var error);
            if (error == SocketError.WouldBlock)
                return true;
            if (error != SocketError.Success)
                throw new SocketException((int)error);
            if (count > 0 && !_losing)
            {
                NoteActivity();
                Call(transport => transport._protocol!.Receive(buffer.AsSpan(0, count)));
            }

            return count > 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private Task? EndToWaitFor()
    {
        lock (_gate)
            return _losing || _closed ? null : (_ended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    /// <summary>Lets a reader that waits go on. Called with the gate held.</summary>
    private void GoOn()
    {
        _resumed?.SetResult();
        _resumed = null;
    }
}
