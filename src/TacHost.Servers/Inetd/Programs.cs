using System.Globalization;
using System.Net.Sockets;
using TacHost.Servers.Interop;
using TacHost.Servers.Processes;
using TacHost.Services;

namespace TacHost.Servers.Inetd;

/// <summary>The running programs of one service.</summary>
internal sealed class Programs(InetdService service, InetdOptions options, Service owner)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ProcessGroup, TaskCompletionSource> _running = [];
    private readonly StartRate _rate = new(service.MaxPerMinute ?? options.MaxPerMinute, options.TimeProvider);
    private Account? _account;
    private ProgramStart _start = null!;

    /// <summary>The user that they run as.</summary>
    public string User => _account?.Name ?? Libc.GetEffectiveUserId().ToString(CultureInfo.InvariantCulture);

    /// <summary>Looks the user up, while the system's databases can be read.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public void Prepare()
    {
        try
        {
            _account = service.User is null && service.Group is null ? null : Account.Find(service.User ?? Libc.GetEffectiveUserId().ToString(CultureInfo.InvariantCulture), service.Group);
        }
        catch (FormatException e)
        {
            throw Failed(e.Message, e);
        }
    }

    /// <summary>Makes sure that programs can be started as that user, by this process as it has become.</summary>
    /// <exception cref="IOException">They cannot.</exception>
    public void Begin()
    {
        var (real, effective) = (Libc.GetRealUserId(), Libc.GetEffectiveUserId());
        if (real != effective)
            throw Failed($"this process is user {effective}, and could still become user {real}, and so could its programs. Start tachost without --euid.");
        if (_account is not { } account || (account.User, account.Group) == (effective, Libc.GetEffectiveGroupId()))
        {
            _start = ProgramStart.AsThisUser(service, _account);
            return;
        }

        if (effective != 0)
            throw Failed($"its programs are to run as '{account.Name}' (user {account.User}, group {account.Group}), which takes root, and this process is user {effective}. Start tachost as root and without --uid, or leave the user out.");
        _start = ProgramStart.AsAnother(service, account) ?? throw Failed($"its programs are to run as '{account.Name}', and only the tachost program can start them so; there is no '{OtherUserStart.Launcher}'. Run it by tachost, and not below --chroot.");
    }

    /// <summary>Counts a start in; or says that there were too many, which it logs.</summary>
    /// <param name="pause">How long there may be none.</param>
    public bool MayStart(out TimeSpan pause)
    {
        var may = _rate.TryStart(out var isFirstRefusal, out pause, out var refusedBefore);
        if (refusedBefore > 0)
            InetdLog.ServedAgain(owner.Logger, service, refusedBefore);
        if (isFirstRefusal)
            InetdLog.TooOften(owner.Logger, service, service.MaxPerMinute ?? options.MaxPerMinute, pause.TotalSeconds.ToString("0", CultureInfo.InvariantCulture));
        return may;
    }

    /// <summary>Runs the program to its end. It has been started when the call returns its task.</summary>
    /// <param name="socket">What it gets.</param>
    /// <param name="isItsOwn">Whether nobody else needs the socket, which is then closed here.</param>
    /// <param name="client">Whom it serves, for the log.</param>
    /// <param name="variables">What it is told.</param>
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

    /// <summary>Ends all of them, with their process groups.</summary>
    /// <param name="cancellationToken">Kills what is left at once.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        KeyValuePair<ProcessGroup, TaskCompletionSource>[] running;
        lock (_gate)
            running = [.. _running];
        await Task.WhenAll(running.Select(each => ProcessGroupEnd.ReachAsync(each.Key, service.Program, StopSignal.Terminate, options.KillTime, options.TimeProvider, owner.Logger, cancellationToken)));

        // What the kernel does not let go of has been given up.
        await Task.WhenAll(running.Where(each => each.Key.Ended.IsCompleted).Select(each => each.Value.Task));
    }

    private IOException Failed(string reason, Exception? cause = null) => new($"The service '{service}'{(service.Origin is null ? "" : $" of {service.Origin}")} cannot be served: {reason}", cause);
}
