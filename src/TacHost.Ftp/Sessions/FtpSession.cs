using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using TacHost.Ftp.Commands;
using TacHost.Ftp.Data;
using TacHost.Ftp.Files;

namespace TacHost.Ftp.Sessions;

/// <summary>The session of a client: its state, and the loop that reads its commands.</summary>
/// <remarks>
/// Commands run one after another. A transfer runs concurrently with the loop, so that ABOR and STAT
/// are executed immediately. Every other command waits for the end of the transfer.
/// </remarks>
internal sealed class FtpSession(FtpServer server, ControlChannel control, IPEndPoint local, IPEndPoint peer, ILogger logger) : IAsyncDisposable
{
    /// <summary>The timeout of a session before the login.</summary>
    private static readonly TimeSpan _loginTimeout = TimeSpan.FromMinutes(1);

    private CancellationToken _lost;
    private bool _ended;

    public FtpServer Server => server;

    public ControlChannel Control => control;

    public IPEndPoint Local => local;

    public IPEndPoint Peer => peer;

    public ILogger Logger => logger;

    /// <summary>Gets or sets the name from USER, even before the login.</summary>
    public string? UserName { get; set; }

    public int FailedLogins { get; set; }

    /// <summary>Gets the directory that the user may access, or null before the login.</summary>
    public RootedDirectory? Root { get; private set; }

    public bool MayWrite { get; private set; }

    public VirtualPath Directory { get; set; } = VirtualPath.Root;

    /// <summary>Gets or sets whether line ends are converted (TYPE A), which is the default (RFC 959, section 5.1).</summary>
    public bool IsAscii { get; set; } = true;

    /// <summary>Gets or sets the offset at which the next transfer starts (REST).</summary>
    public long RestartAt { get; set; }

    public VirtualPath? RenameFrom { get; set; }

    /// <summary>Gets or sets whether data connections use TLS (PROT P).</summary>
    public bool ProtectsData { get; set; }

    public bool EpsvOnly { get; set; }

    /// <summary>Gets or sets the facts that MLST and MLSD return (OPTS MLST).</summary>
    public string[] Facts { get; set; } = ListingFormat.AllFacts;

    /// <summary>Gets the channel for the next data connection, set by PASV, EPSV, PORT or EPRT.</summary>
    public DataChannel? NextChannel { get; private set; }

    public Transfer? Transfer { get; private set; }

    /// <summary>Gets the error reply if a transfer cannot start now, or null. Check it before opening a file for the transfer.</summary>
    public Reply? Unprepared =>
        NextChannel is null ? new Reply(425, "Use EPSV, PASV, EPRT or PORT first.") :
        server.RequireTls && !ProtectsData ? new Reply(521, "PROT P required first, because data connections require TLS.") :
        null;

    /// <summary>Runs the session until its end.</summary>
    /// <param name="lost">Cancelled when the control connection is lost.</param>
    public async Task RunAsync(CancellationToken lost)
    {
        _lost = lost;
        await ReplyAsync(new Reply(220, server.Greeting));
        while (!_ended && await NextLineAsync() is { } line)
        {
            if (await CommandTable.ExecuteAsync(this, line, lost) is { } reply)
                await ReplyAsync(reply);
        }

        if (Transfer is not null)
            await Transfer.Completion;
        await control.FinishAsync();
    }

    public Task ReplyAsync(Reply reply) => control.ReplyAsync(reply, _lost).WaitAsync(server.IdleTimeout);

    public Reply End(int code, string text)
    {
        _ended = true;
        return new Reply(code, text);
    }

    /// <summary>Logs the user in.</summary>
    /// <param name="root">The directory that the user may access.</param>
    /// <param name="mayWrite">True if the user may change files.</param>
    public void LogIn(RootedDirectory root, bool mayWrite) => (Root, MayWrite, FailedLogins, Directory) = (root, mayWrite, 0, VirtualPath.Root);

    /// <summary>Logs the user out and resets the user's settings.</summary>
    public void LogOut()
    {
        if (Root != server.Root)
            Root?.Dispose();
        (Root, MayWrite, UserName, RenameFrom, RestartAt, IsAscii) = (null, false, null, null, 0, true);
        ReplaceChannel(null);
    }

    /// <summary>Sets the channel for the next data connection, and disposes the unused previous one.</summary>
    public void ReplaceChannel(DataChannel? channel)
    {
        NextChannel?.Dispose();
        NextChannel = channel;
    }

    /// <summary>Starts a transfer on the data channel that the client has prepared.</summary>
    /// <remarks>The transfer sends the replies.</remarks>
    /// <param name="announcement">The text of the first reply.</param>
    /// <param name="move">Transfers the data and returns a description for the log, or an empty string to log nothing.</param>
    /// <param name="release">Releases the resources of <paramref name="move"/>, even if <paramref name="move"/> did not run.</param>
    public void Begin(string announcement, Func<TransferStream, Task<string>> move, Action? release = null)
    {
        var channel = NextChannel ?? throw new InvalidOperationException("The data connection of the transfer is not prepared.");
        RestartAt = 0;
        NextChannel = null;
        Transfer = new Transfer(this, channel, move, release);
        Transfer.Start(announcement, _lost);
    }

    public async ValueTask DisposeAsync()
    {
        if (Transfer is not null)
        {
            Transfer.Abort();
            await Transfer.Completion;
        }

        LogOut();
        await control.DisposeAsync();
    }

    /// <summary>Reads the next line. Waits for the end of the transfer unless the line is for the transfer itself. Returns null at the end.</summary>
    private async Task<string?> NextLineAsync()
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(_lost);
        var reading = control.ReadLineAsync(giveUp.Token);
        try
        {
            if (Transfer is not null)
            {
                await Task.WhenAny(reading, Transfer.Completion);
                if (reading.IsCompleted && (await reading is not { } early || !CommandTable.IsForTransfers(early)))
                    await WaitForTransferAsync(Transfer, hasEnded: await reading is null);
                if (Transfer.Completion.IsCompleted)
                    Transfer = null;
            }

            return await reading.WaitAsync(Root is null ? _loginTimeout : server.IdleTimeout, server.Sessions.Stopping);
        }
        catch (DecoderFallbackException)
        {
            // Returns an empty command, because the line is invalid but the next line may be valid.
            return "";
        }
        catch (InvalidDataException)
        {
            return await ReplyAndEndAsync(500, "Command line too long.");
        }
        catch (TimeoutException)
        {
            return await ReplyAndEndAsync(421, "Idle timeout, closing control connection.");
        }
        catch (OperationCanceledException) when (!_lost.IsCancellationRequested && server.Sessions.Stopping.IsCancellationRequested)
        {
            return await ReplyAndEndAsync(421, "Service shutting down, closing control connection.");
        }
        finally
        {
            await giveUp.CancelAsync();
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// Waits for the end of a transfer. If the client disconnects first, shortens the connect timeout. The
    /// client will never open a missing data connection, and must not occupy a session.
    /// </summary>
    private async Task WaitForTransferAsync(Transfer transfer, bool hasEnded)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(_lost);
        var ending = hasEnded ? Task.CompletedTask : control.WaitForEndAsync(giveUp.Token);
        if (await Task.WhenAny(transfer.Completion, ending) == ending && ending.IsCompletedSuccessfully)
            transfer.ClientLeft();
        await transfer.Completion;
        await giveUp.CancelAsync();
        await ending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<string?> ReplyAndEndAsync(int code, string text)
    {
        await ReplyAsync(new Reply(code, text));
        return null;
    }
}
