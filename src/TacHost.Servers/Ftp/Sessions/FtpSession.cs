using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using TacHost.Servers.Ftp.Commands;
using TacHost.Servers.Ftp.Data;
using TacHost.Servers.Ftp.Files;

namespace TacHost.Servers.Ftp.Sessions;

/// <summary>One client: what it has said so far, and the loop that reads its commands.</summary>
/// <remarks>Commands run one after another. A transfer runs beside the loop, so that ABOR and STAT get through; every other command waits for its end.</remarks>
internal sealed class FtpSession(FtpServer server, ControlChannel control, IPEndPoint local, IPEndPoint peer, ILogger logger) : IAsyncDisposable
{
    /// <summary>A client that has not logged in may keep a session for so long.</summary>
    private static readonly TimeSpan _loginTimeout = TimeSpan.FromMinutes(1);

    private CancellationToken _lost;
    private bool _ended;

    public FtpServer Server => server;

    public ControlChannel Control => control;

    public IPEndPoint Local => local;

    public IPEndPoint Peer => peer;

    public ILogger Logger => logger;

    /// <summary>The name given by USER, whether logged in or not.</summary>
    public string? UserName { get; set; }

    public int FailedLogins { get; set; }

    /// <summary>The part of the file system that the user sees; null before the login.</summary>
    public RootedDirectory? Root { get; private set; }

    public bool MayWrite { get; private set; }

    public VirtualPath Directory { get; set; } = VirtualPath.Root;

    /// <summary>TYPE A, in which line ends are converted. The default (RFC 959 section 5.1).</summary>
    public bool IsAscii { get; set; } = true;

    /// <summary>Where the next transfer begins: REST.</summary>
    public long RestartAt { get; set; }

    /// <summary>What RNFR named.</summary>
    public VirtualPath? RenameFrom { get; set; }

    /// <summary>PROT P: data connections speak TLS.</summary>
    public bool ProtectsData { get; set; }

    public bool EpsvOnly { get; set; }

    /// <summary>What MLST and MLSD tell: OPTS MLST.</summary>
    public string[] Facts { get; set; } = ListingFormat.AllFacts;

    /// <summary>How the next transfer gets its data connection: PASV, PORT and so on.</summary>
    public DataChannel? NextChannel { get; private set; }

    public Transfer? Transfer { get; private set; }

    /// <summary>Why no transfer can begin now, or null. To be asked before a file is opened for one.</summary>
    public Reply? Unprepared =>
        NextChannel is null ? new Reply(425, "Say EPSV, PASV, EPRT or PORT first.") :
        server.RequireTls && !ProtectsData ? new Reply(521, "Say PROT P first: this server wants TLS on data connections too.") :
        null;

    /// <summary>Runs the session to its end.</summary>
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

    /// <summary>Ends the session with a last reply.</summary>
    public Reply End(int code, string text)
    {
        _ended = true;
        return new Reply(code, text);
    }

    /// <summary>Lets the user in.</summary>
    /// <param name="root">What it sees.</param>
    /// <param name="mayWrite">Whether it may change anything.</param>
    public void LogIn(RootedDirectory root, bool mayWrite) => (Root, MayWrite, FailedLogins, Directory) = (root, mayWrite, 0, VirtualPath.Root);

    /// <summary>Forgets who the user is, and what it has set.</summary>
    public void LogOut()
    {
        if (Root != server.Root)
            Root?.Dispose();
        (Root, MayWrite, UserName, RenameFrom, RestartAt, IsAscii) = (null, false, null, null, 0, true);
        ReplaceChannel(null);
    }

    /// <summary>Takes another way to the next data connection, in place of one that was not used.</summary>
    public void ReplaceChannel(DataChannel? channel)
    {
        NextChannel?.Dispose();
        NextChannel = channel;
    }

    /// <summary>Begins a transfer on the data connection that the client has prepared.</summary>
    /// <remarks>The replies come from the transfer.</remarks>
    /// <param name="announcement">The text of its first reply.</param>
    /// <param name="move">Moves the data, and says what was done, for the log; nothing for what is not worth a line.</param>
    /// <param name="release">Lets go of what <paramref name="move"/> works on, whether it ran or not.</param>
    public void Begin(string announcement, Func<TransferStream, Task<string>> move, Action? release = null)
    {
        var channel = NextChannel ?? throw new InvalidOperationException("Nobody has looked whether a transfer can begin.");
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

    /// <summary>The next line, once the transfer is over unless it is for the transfer itself; null at the end.</summary>
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
            // An empty command: what came is none, and the next line may be one.
            return "";
        }
        catch (InvalidDataException)
        {
            return await SayGoodbyeAsync(500, "The line is too long.");
        }
        catch (TimeoutException)
        {
            return await SayGoodbyeAsync(421, "You have been idle for too long.");
        }
        catch (OperationCanceledException) when (!_lost.IsCancellationRequested && server.Sessions.Stopping.IsCancellationRequested)
        {
            return await SayGoodbyeAsync(421, "The service is being shut down.");
        }
        finally
        {
            await giveUp.CancelAsync();
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits for the end of a transfer. A client that leaves before its data connection is there will never open it, and must not keep its place for that.</summary>
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

    private async Task<string?> SayGoodbyeAsync(int code, string text)
    {
        await ReplyAsync(new Reply(code, text));
        return null;
    }
}
