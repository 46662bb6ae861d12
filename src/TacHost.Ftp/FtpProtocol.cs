using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using TacHost.Ftp.Sessions;
using TacHost.Services.Networking;

namespace TacHost.Ftp;

/// <summary>The protocol of the control connection of a client (RFC 959).</summary>
internal sealed class FtpProtocol(FtpServer server) : PipeProtocol
{
    /// <summary>Does not close the connection, because a transfer may be in progress on another connection.</summary>
    protected override void Stopping()
    {
    }

    protected override async Task RunAsync(IDuplexPipe pipe, CancellationToken cancellationToken)
    {
        ControlChannel control = new(pipe);
        if (Transport is not { Local: IPEndPoint local, Peer: IPEndPoint peer })
            throw new InvalidOperationException("FTP tells clients addresses, and so is served over TCP only.");
        if (server.Sessions.TryAcquire(peer.Address) is { } refusal)
        {
            server.RefusalLines.Write(more => FtpLog.SessionRefused(Logger, peer, refusal, more));
            await control.ReplyAsync(new Reply(421, refusal), cancellationToken);
            return;
        }

        try
        {
            await using FtpSession session = new(server, control, local, peer, Logger);
            FtpLog.SessionBegun(Logger, peer);
            await session.RunAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // Do not abort the connection, because the last reply is still being sent, such as the reason of a failed handshake.
            FtpLog.SessionLost(Logger, peer, e.Message);
        }
        catch (TimeoutException e)
        {
            FtpLog.SessionLost(Logger, peer, e.Message);
            Transport.AbortConnection();
        }
        finally
        {
            server.Sessions.Release(peer.Address);
            _ = AbortUnlessTakenAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Aborts the connection after the stall timeout. The session has ended and is no longer
    /// counted, so a client that does not read the last reply must not keep its connection.
    /// </summary>
    private async Task AbortUnlessTakenAsync(CancellationToken lost)
    {
        await Task.Delay(server.StallTimeout, lost).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Transport.AbortConnection();
    }
}
