using System.Net.Sockets;
using TacHost.Ftp.Files;
using TacHost.Ftp.Sessions;
using TacHost.Native;

namespace TacHost.Ftp.Data;

/// <summary>A transfer, which runs concurrently with the commands of its session and sends its own replies.</summary>
/// <param name="session">The session of the transfer.</param>
/// <param name="channel">The data channel. The transfer disposes it.</param>
/// <param name="move">Transfers the data and returns a description for the log, or an empty string to log nothing.</param>
/// <param name="release">Releases the resources of <paramref name="move"/>, even if <paramref name="move"/> did not run.</param>
internal sealed class Transfer(FtpSession session, DataChannel channel, Func<TransferStream, Task<string>> move, Action? release)
{
    private static readonly TimeSpan _connectTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The timeout for a pending data connection after the client has disconnected or the service stops.</summary>
    private static readonly TimeSpan _lastConnectTimeout = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _abort = new();
    private readonly CancellationTokenSource _connectLimit = new();
    private bool _clientLeft;
    private TransferStream? _data;

    /// <summary>Gets a task that completes after the last reply. It never fails.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Gets the number of transferred bytes.</summary>
    public long Count => _data?.Count ?? 0;

    public void Start(string announcement, CancellationToken lost)
    {
        _connectLimit.CancelAfter(_connectTimeout);
        Completion = Task.Run(() => RunAsync(announcement, lost), CancellationToken.None);
    }

    /// <summary>Shortens the timeout of the data connection, because the client has disconnected and will not open another one.</summary>
    public void ClientLeft()
    {
        _clientLeft = true;
        _connectLimit.CancelAfter(_lastConnectTimeout);
    }

    public void Abort() => _abort.Cancel();

    private async Task RunAsync(string announcement, CancellationToken lost)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(lost, _abort.Token);
        Reply reply;
        try
        {
            await session.ReplyAsync(new Reply(150, announcement));
            reply = await MoveAsync(announcement, ended.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or TimeoutException)
        {
            // The control connection is not writable. The session detects this itself.
            return;
        }
        finally
        {
            release?.Invoke();
            channel.Dispose();
        }

        try
        {
            await session.ReplyAsync(reply);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or TimeoutException)
        {
            // The control connection is not writable, as above.
        }
    }

    private async Task<Reply> MoveAsync(string announcement, CancellationToken ended)
    {
        TransferStream? data = null;
        try
        {
            _data = data = await ConnectAsync(ended);
            var done = await move(data);
            if (done.Length > 0)
                FtpLog.Transferred(session.Logger, session.UserName ?? "", session.Peer, done, data.Count);
            return new Reply(226, "Transfer complete.");
        }
        catch (OperationCanceledException)
        {
            return Failed(426, "Transfer aborted.");
        }
        catch (FileRefusedException e)
        {
            return Failed(e.Error is Errno.NoSpace or Errno.QuotaExceeded ? 452 : 451, e.Message);
        }
        catch (Exception e) when (e is SocketException or IOException or TimeoutException)
        {
            return data is null
                ? Failed(425, "Cannot open data connection.", e)
                : Failed(426, "Data connection lost, transfer aborted.", e);
        }
        finally
        {
            if (data is not null)
                await data.DisposeAsync();
        }

        Reply Failed(int code, string text, Exception? cause = null)
        {
            FtpLog.TransferFailed(session.Logger, session.UserName ?? "", session.Peer, announcement, data?.Count ?? 0, cause?.Message ?? text);
            return new Reply(code, text);
        }
    }

    private async Task<TransferStream> ConnectAsync(CancellationToken ended)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ended, _connectLimit.Token);
        await using var stopping = session.Server.Sessions.Stopping.Register(() => _connectLimit.CancelAfter(_lastConnectTimeout));
        Stream? stream = null;
        try
        {
            var socket = await channel.ConnectAsync(limit.Token);
            stream = new NetworkStream(socket, ownsSocket: true);
            if (session.ProtectsData)
                stream = await session.Server.Tls!.AuthenticateAsync(stream, limit.Token);
            return new TransferStream(socket, stream, session.Server.StallTimeout, ended);
        }
        catch (Exception e)
        {
            if (stream is not null)
                await stream.DisposeAsync();
            if (e is OperationCanceledException && !ended.IsCancellationRequested)
                throw new TimeoutException(session.Server.Sessions.Stopping.IsCancellationRequested ? "The service is being shut down." : _clientLeft ? "The client has left." : $"It took longer than {_connectTimeout.TotalSeconds:0} s.", e);
            throw;
        }
    }
}
