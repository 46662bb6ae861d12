using System.Globalization;
using System.Net.Sockets;
using TacHost.Native;
using TacHost.Services;

namespace TacHost.Processes.Inetd;

/// <summary>The running programs of a service.</summary>
internal sealed class Programs(InetdService service, InetdOptions options, Service owner)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ProcessGroup, TaskCompletionSource> _running = [];
    private readonly StartRate _rate = new(service.MaxPerMinute ?? options.MaxPerMinute, options.TimeProvider);
    private Account? _account;
    private ProgramStart _start = null!;

    public string User => _account?.Name ?? LibcAccounts.GetEuid().ToString(CultureInfo.InvariantCulture);

    /// <summary>Looks up the user while the system's databases are readable.</summary>
    /// <exception cref="IOException">The user or the group does not exist.</exception>
    public void Prepare()
    {
        try
        {
            _account = service.User is null && service.Group is null ? null : Account.Find(service.User ?? LibcAccounts.GetEuid().ToString(CultureInfo.InvariantCulture), service.Group);
        }
        catch (FormatException e)
        {
            throw Failed(e.Message, e);
        }
    }

    /// <summary>Prepares the start of programs as the configured user, after this process has dropped its privileges.</summary>
    /// <exception cref="IOException">This process cannot start programs as that user.</exception>
    public void Begin()
    {
        var (real, effective) = (LibcAccounts.GetUid(), LibcAccounts.GetEuid());
        if (real != effective)
            throw Failed($"this process is user {effective}, and could still become user {real}, and so could its programs. Start tachost without --euid.");
        if (_account is not { } account || (account.User, account.Group) == (effective, LibcAccounts.GetEgid()))
        {
            _start = ProgramStart.AsThisUser(service, _account);
            return;
        }

        if (effective != 0)
            throw Failed($"its programs are to run as '{account.Name}' (user {account.User}, group {account.Group}), which requires root, and this process is user {effective}. Start tachost as root and without --uid, or leave the user out.");
        _start = ProgramStart.AsAnother(service, account) ?? throw Failed($"its programs are to run as '{account.Name}', and only the tachost program can start them so; there is no '{OtherUserStart.Launcher}'. Run it by tachost, and not below --chroot.");
    }

    /// <summary>Checks the start rate, and logs when the limit is reached.</summary>
    /// <param name="pause">The time until the next permitted start.</param>
    public bool MayStart(out TimeSpan pause)
    {
        var may = _rate.TryStart(out var isFirstRefusal, out pause, out var refusedBefore);
        if (refusedBefore > 0)
            InetdLog.ServedAgain(owner.Logger, service, refusedBefore);
        if (isFirstRefusal)
            InetdLog.TooOften(owner.Logger, service, service.MaxPerMinute ?? options.MaxPerMinute, pause.TotalSeconds.ToString("0", CultureInfo.InvariantCulture));
        return may;
    }

    /// <summary>Runs the program to its end. The program has been started when the call returns its task.</summary>
    /// <param name="socket">The socket for the program.</param>
    /// <param name="isItsOwn">True if this method must close the socket.</param>
    /// <param name="client">The client, for the log.</param>
    /// <param name="variables">The environment variables for the program.</param>
    public async Task RunAsync(Socket socket, bool isItsOwn, string client, IEnumerable<KeyValuePair<string, string?>> variables)
    {
        ProgramStart.Started started;
        try
        {
            started = _start.On(socket, variables);
        }
        catch (IOException e)
        {
            InetdLog.CannotStart(owner.Logger, service, service.Program, client, User, e.Message);
            return;
        }
        finally
        {
            if (isItsOwn)
                socket.Dispose();
        }

        using var group = started.Group;
        TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var began = options.TimeProvider.GetTimestamp();
        lock (_gate)
            _running.Add(group, over);
        try
        {
            if (await started.FailureAsync() is { } failure)
            {
                await group.Ended;
                InetdLog.CannotStart(owner.Logger, service, service.Program, client, User, failure);
                return;
            }

            InetdLog.Started(owner.Logger, service, client, service.Program, group.Id, User);
            var end = await group.Ended;
            InetdLog.Ended(owner.Logger, service, group.Id, client, options.TimeProvider.GetElapsedTime(began).TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture), end);
        }
        finally
        {
            lock (_gate)
                _running.Remove(group);
            over.SetResult();
        }
    }

    /// <summary>Stops all programs and their process groups.</summary>
    /// <param name="cancellationToken">If cancelled, the remaining processes are killed immediately.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        KeyValuePair<ProcessGroup, TaskCompletionSource>[] running;
        lock (_gate)
            running = [.. _running];
        await Task.WhenAll(running.Select(each => ProcessGroupEnd.ReachAsync(each.Key, service.Program, StopSignal.Terminate, options.KillTime, options.TimeProvider, owner.Logger, cancellationToken)));

        // Programs that could not be killed are not awaited.
        await Task.WhenAll(running.Where(each => each.Key.Ended.IsCompleted).Select(each => each.Value.Task));
    }

    private IOException Failed(string reason, Exception? cause = null) => new($"The service '{service}'{(service.Origin is null ? "" : $" of {service.Origin}")} cannot be served: {reason}", cause);
}
