using TacHost.Control.Wire;
using TacHost.Hosting;

namespace TacHost.Fleet.Groups;

/// <summary>An application of a group: its desired state, its deployment in this process, and the way from the one to the other.</summary>
/// <remarks>One operation at a time, behind a gate: apply, reload, restart, stop, the end of the application, the next try.</remarks>
internal sealed class GroupMember(FleetEntry entry, GroupContext context)
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly UnitStatus _status = new(entry.Name, () => context.Log);
    private readonly DisabledMark _off = new(entry.Name, context);
    private PreparedUnit? _good;
    private string? _runningHash;
    private Deployment? _deployment;
    private TaskCompletionSource _ended = new();

    public FleetEntry Entry { get; set; } = entry;

    public string Name => Entry.Name;

    private UnitRetry Retry => field ??= new UnitRetry(_status, LockedAsync, StartCoreAsync, context.Stopping.Token);

    private bool IsOn => !Entry.IsOff && !_off.IsSet && Entry.Problem is null;

    private bool IsRunning => _deployment is { State: DeploymentState.Running };

    /// <summary>Makes the application equal to its prepared sources: starts, reloads, stops, or does nothing.</summary>
    public Task<UnitOutcome> ApplyAsync(PreparedUnit prepared) => LockedAsync(async () =>
    {
        if (!IsOn)
            return await TurnOffAsync();
        if (prepared.Failure is { } failure)
            return Refuse(failure);
        var isNew = prepared.Hash != _good?.Hash;
        _good = prepared;
        if (IsRunning)
            return _runningHash == prepared.Hash && _status.State != UnitState.Stale ? RunsAlready() : await ReloadCoreAsync();
        if (!isNew && _status.State is UnitState.BackingOff or UnitState.Failed)
            return Outcome(ExitCode.Unavailable, _status.Reason ?? "");
        Retry.Clear();
        return await StartCoreAsync();
    });

    /// <summary>Executes a command of an operator.</summary>
    /// <param name="verb">One of <c>reload</c>, <c>start</c>, <c>restart</c> and <c>stop</c>.</param>
    /// <param name="prepared">The sources as they are now.</param>
    public Task<UnitOutcome> OperateAsync(string verb, PreparedUnit prepared) => LockedAsync(async () =>
    {
        if (verb == "stop")
        {
            _off.Set(true);
            return await TurnOffAsync();
        }

        if (Entry.IsOff)
            return Outcome(ExitCode.Usage, $"the file '{Name}.off' turns it off. Remove that.");
        if (prepared.Failure is { } failure)
            return Refuse(failure);
        _good = prepared;
        if (verb == "reload")
            return IsRunning ? await ReloadCoreAsync() : Outcome(ExitCode.Unavailable, "is not running. Start it.");
        Retry.Clear();
        _off.Set(false);
        if (IsRunning && verb == "start")
            return RunsAlready();
        await StopCoreAsync();
        return await StartCoreAsync();
    });

    /// <summary>Stops the application because its tac file was removed, or the group stops.</summary>
    public Task FinishAsync() => LockedAsync(TurnOffAsync);

    /// <summary>Ends the application if an exception has left its code on a thread of the runtime.</summary>
    /// <param name="tac">The tac file whose code threw it.</param>
    /// <param name="escaped">The exception.</param>
    /// <returns>True if the application was running.</returns>
    public bool TryFail(string tac, Exception escaped) => Entry.Path == tac && _deployment?.Fail(escaped) == true;

    /// <summary>Returns what is shown of the application.</summary>
    public UnitReport Report() => _status.Report() with
    {
        Pid = IsRunning ? Environment.ProcessId : null,
        Hash = IsRunning ? _runningHash : null,
        Source = Entry.Path,
        LogFile = _deployment?.Options.Log.File ?? context.Places.LogFileOf(Name),
    };

    private async Task<UnitOutcome> TurnOffAsync()
    {
        Retry.Cancel();
        await StopCoreAsync();
        if (Entry.Problem is { } problem)
            _status.Fail(problem);
        else
            _status.Set(UnitState.Off);
        return Outcome(Entry.Problem is null ? ExitCode.Success : ExitCode.Usage, Entry.Problem ?? "is off");
    }

    /// <summary>Sources that do not compile stop nothing.</summary>
    private UnitOutcome Refuse(PreparedApplication.Failure failure)
    {
        if (IsRunning)
            _status.Set(UnitState.Stale, failure.Message);
        else if (_good is null)
            _status.Fail(failure.Message);
        return Outcome(failure.ExitCode, failure.Message);
    }

    private UnitOutcome RunsAlready()
    {
        _status.Set(UnitState.Running);
        return Outcome(ExitCode.Success, "runs already");
    }

    private async Task<UnitOutcome> StartCoreAsync()
    {
        Retry.Cancel();
        _status.Set(UnitState.Queued);
        await context.Slots.WaitAsync(context.Stopping.Token);
        try
        {
            _status.Set(UnitState.Starting);
            var good = _good!;
            await FleetContext.OnThread(() => Start(good));
            _runningHash = good.Hash;
            _status.Since = TimeProvider.System.GetLocalNow();
            _status.Set(UnitState.Running);
            return Outcome(ExitCode.Success, "runs");
        }
        catch (TacHostException e)
        {
            Forget();
            Retry.AfterEnd(TimeSpan.Zero, e.ExitCode, e.Message);
            return Outcome(e.ExitCode, e.Message);
        }
        finally
        {
            context.Slots.Release();
        }
    }

    private bool Start(PreparedUnit prepared)
    {
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var deployment = GroupDeployment.Make(Entry, prepared.Prepared, context, each =>
        {
            ended.SetResult();
            _ = Task.Run(() => OnEndedAsync(each));
        });
        (_deployment, _ended) = (deployment, ended);
        context.Process.Add(deployment);
        deployment.Start(context.Process, new StartTimings(isAskedFor: false));
        return true;
    }

    private async Task<UnitOutcome> ReloadCoreAsync()
    {
        await context.Slots.WaitAsync(context.Stopping.Token);
        try
        {
            _status.Set(UnitState.Reloading);
            var result = await _deployment!.Reloads.RunAsync(new ReloadRequest());
            _runningHash = _good!.Hash;
            _status.Set(UnitState.Running);
            return Outcome(ExitCode.Success, result.HasChanges ? result.Summary : "nothing has changed");
        }
        catch (TacHostException e)
        {
            _status.Set(UnitState.Stale, e.Message);
            return Outcome(e.ExitCode, e.Message);
        }
        finally
        {
            context.Slots.Release();
        }
    }

    private async Task StopCoreAsync()
    {
        if (_deployment is not { } deployment)
            return;
        _status.Set(UnitState.Stopping);
        var ended = _ended.Task;
        _deployment = null;
        context.Process.Events.Post(new HostEvent.DeploymentEnds(deployment));
        await ended;
        context.Process.Remove(deployment);
        _status.LastExit = HowEnded(deployment);
        _status.Set(UnitState.Off);
    }

    /// <summary>Handles an unexpected end of the application.</summary>
    private Task<bool> OnEndedAsync(Deployment deployment) => LockedAsync(() =>
    {
        if (_deployment == deployment)
        {
            Forget();
            _status.LastExit = HowEnded(deployment);
            Retry.AfterEnd(TimeProvider.System.GetLocalNow() - deployment.StartedAt!.Value, deployment.ExitCode, $"the application ended with exit code {deployment.ExitCode}");
        }

        return Task.FromResult(true);
    });

    private void Forget()
    {
        if (_deployment is { } deployment)
            context.Process.Remove(deployment);
        _deployment = null;
    }

    private static string HowEnded(Deployment deployment) => $"with exit code {deployment.ExitCode} at {TimeProvider.System.GetLocalNow():yyyy-MM-dd HH:mm:ss}";

    private UnitOutcome Outcome(int exitCode, string message) => new(Name, exitCode, message);

    private async Task<T> LockedAsync<T>(Func<Task<T>> operation)
    {
        await _gate.WaitAsync();
        try
        {
            return await operation();
        }
        finally
        {
            _gate.Release();
        }
    }
}
