using System.Globalization;
using TacHost.Control.Wire;

namespace TacHost.Fleet;

/// <summary>A deployment of a fleet: its desired state, its process, and the way from the one to the other.</summary>
/// <remarks>
/// One operation at a time, behind a gate: apply, reload, restart, stop, the end of the process, the next try.
/// The pid file decides whether a process runs. It is asked before each start, so that nothing runs twice.
/// </remarks>
internal sealed class Unit(FleetEntry entry, FleetContext context) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly UnitLife _life = new(entry.Name, context);
    private UnitRecord _record = UnitRecord.Read(context.Fleet.StateFileOf(entry.Name));
    private PreparedUnit? _good;
    private PreparedUnit? _latest;
    private PreparedUnit? _previous;
    private DesiredUnit? _agreed;

    private UnitRetry Retry => field ??= new UnitRetry(_life.Status, LockedAsync, StartCoreAsync, context.Stopping.Token);

    /// <summary>Gets or sets the entry of the directory.</summary>
    public FleetEntry Entry { get; set; } = entry;

    public string Name => Entry.Name;

    public UnitState State => _life.Status.State;

    public string? Reason => _life.Status.Reason;

    public bool IsAlive => _life.Process is { Ended.IsCompleted: false };

    /// <summary>Gets whether the deployment should run, here or on another machine.</summary>
    public bool IsWanted => !Entry.IsOff && !_record.IsOff && Entry.Problem is null;

    /// <summary>Gets whether this machine should run it; always true without a cluster.</summary>
    public bool IsHere { get; private set; } = context.Right is null;

    public bool IsOn => IsWanted && IsHere;

    /// <summary>Gets the epoch of the last start in a cluster, or null.</summary>
    public long? Epoch { get; private set; }

    /// <summary>Gets the hashes, without paths, of the contents that are known here: on the disk, ready to start, and running.</summary>
    public (string? OnDisk, string? Ready, string? Running) Contents =>
        (_latest?.Content, _good?.Content, IsAlive ? Known(each => each.Hash == _record.Hash)?.Content : null);

    public int? Process => _life.Process is { Ended.IsCompleted: false, Id: var id } ? id : null;

    /// <summary>Gets the hash of the sources that run, or empty.</summary>
    public string RunningHash => IsAlive ? _record.Hash : "";

    /// <summary>Takes over a process that an earlier emperor has started.</summary>
    public Task AdoptAsync() => LockedAsync(() => Task.FromResult(TryAdopt()));

    /// <summary>Makes this machine the one that runs the deployment.</summary>
    public Task<UnitOutcome> PlaceAsync(long epoch) => LockedAsync(async () =>
    {
        (IsHere, Epoch) = (true, epoch);
        if (!IsOn)
            return await TurnOffAsync();
        if (_good is null || !IsAgreed(_good))
        {
            _life.Status.Fail(_good is null ? "its sources do not compile on this node" : "its content on this node is not that of the cluster");
            return Outcome(ExitCode.BadTac, Reason!);
        }

        Retry.Clear();
        TryAdopt();
        await _life.StopAsync();
        return await StartCoreAsync();
    });

    /// <summary>Stops the process, because the deployment has moved to another node.</summary>
    public Task<UnitOutcome> DisplaceAsync() => LockedAsync(async () =>
    {
        IsHere = false;
        return await TurnOffAsync();
    });

    /// <summary>Makes the running version equal to the desired one, if the deployment runs on this node and the content is known.</summary>
    public Task<UnitOutcome> FollowAsync(DesiredUnit? agreed) => LockedAsync(async () =>
    {
        var hasOtherParameters = !(agreed ?? new DesiredUnit()).HasParametersOf(_agreed);
        _agreed = agreed;
        if (Known(IsAgreed) is not { } wanted)
            return Outcome(ExitCode.Unavailable, "its content on this node is not that of the cluster");
        var isOther = wanted.Hash != _record.Hash;
        var isChanged = wanted != _good;
        if (isChanged)
            (_previous, _good) = (_good, wanted);
        if (!IsOn || !IsAlive)
            return await StartAgainAsync(isOther || hasOtherParameters);
        if (!hasOtherParameters)
            return isOther ? await ReloadCoreAsync() : isChanged ? RunsAlready() : Outcome(ExitCode.Success, "runs already");
        await _life.StopAsync();
        return await StartCoreAsync();
    });

    public void Signal(int signal) => _life.Process?.Signal(signal);

    /// <summary>Makes the running version equal to the prepared sources: starts, reloads, or does nothing.</summary>
    public Task<UnitOutcome> ApplyAsync(PreparedUnit prepared) => LockedAsync(async () =>
    {
        if (prepared.Failure is null)
        {
            _latest = prepared;
            if (!IsAgreed(prepared))
                return Outcome(ExitCode.Success, "is not what the cluster has agreed on");
            if (!IsHere)
                _good = prepared;
        }

        if (!IsOn)
            return await TurnOffAsync();
        if (prepared.Failure is { } failure)
            return Refuse(failure);
        var isNew = prepared.Hash != _good?.Hash;
        _good = prepared;
        if (IsAlive || TryAdopt())
            return _record.Hash == prepared.Hash && State != UnitState.Stale ? RunsAlready() : await ReloadCoreAsync();
        if (!isNew && State is UnitState.BackingOff or UnitState.Failed)
            return Outcome(ExitCode.Unavailable, Reason ?? "");
        Retry.Clear();
        return await StartCoreAsync();
    });

    /// <summary>Reloads the process, whether or not the sources have changed. Starts it if none runs.</summary>
    public Task<UnitOutcome> ReloadAsync(PreparedUnit prepared) => LockedAsync(async () =>
    {
        if (prepared.Failure is { } failure)
            return Refuse(failure);
        if (!IsAgreed(prepared))
            return NotAgreed();
        _good = prepared;
        if (!IsAlive && !TryAdopt())
            return Outcome(ExitCode.Unavailable, "is not running. Start it.");
        return await ReloadCoreAsync();
    });

    /// <summary>Starts the process, or stops it and starts it again. Sources that do not compile stop nothing.</summary>
    public Task<UnitOutcome> StartAsync(PreparedUnit prepared, bool again) => LockedAsync(async () =>
    {
        if (Entry.IsOff)
            return Outcome(ExitCode.Usage, $"the file '{Name}.off' turns it off. Remove that.");
        if (prepared.Failure is { } failure)
            return Refuse(failure);
        if (!IsAgreed(prepared))
            return NotAgreed();
        _good = prepared;
        Retry.Clear();
        Save(_record with { IsOff = false });
        if (IsAlive || TryAdopt())
        {
            if (!again)
                return RunsAlready();
            await _life.StopAsync();
        }

        return await StartCoreAsync();
    });

    /// <summary>Stops the process. The deployment stays off until it is started, for later emperors too.</summary>
    public Task<UnitOutcome> StopAsync(bool staysOff) => LockedAsync(async () =>
    {
        if (staysOff)
            Save(_record with { IsOff = true });
        return await TurnOffAsync();
    });

    /// <summary>Stops the process because the emperor stops. A start or a reload that is under way ends first.</summary>
    public async Task FinishAsync()
    {
        _life.Process?.Signal(UnitProcess.Terminate);
        await _gate.WaitAsync();
        await _life.StopAsync();
    }

    /// <summary>Waits for the operation that is under way, and lets none begin any more.</summary>
    public Task HoldAsync() => _gate.WaitAsync();

    /// <summary>Shows that the sources are being compiled, unless there is something better to show.</summary>
    public void ShowCompiling()
    {
        if (!IsAlive && IsOn && State is UnitState.Off)
            _life.Status.Set(UnitState.Compiling);
    }

    /// <summary>Leaves the process to the next emperor.</summary>
    public void Dispose() => _life.Dispose();

    /// <summary>Returns what is shown of the deployment.</summary>
    public UnitReport Report() => _life.Report() with { Hash = RunningHash is { Length: > 0 } hash ? hash : null, Source = Entry.Path, IsGroup = Entry.IsGroup };

    /// <summary>Returns whether a content is the one that the cluster has agreed on. Without an agreement, each one is.</summary>
    private bool IsAgreed(PreparedUnit prepared) => _agreed?.Hash is not { } hash || hash == prepared.Content;

    private PreparedUnit? Known(Func<PreparedUnit, bool> predicate) => new[] { _latest, _good, _previous }.OfType<PreparedUnit>().FirstOrDefault(predicate);

    private UnitOutcome NotAgreed() => Outcome(ExitCode.Usage, "its content here is not what the cluster has agreed on. Use 'tachost cluster apply'.");

    /// <summary>Starts a failed deployment if its sources have changed.</summary>
    private async Task<UnitOutcome> StartAgainAsync(bool isOther)
    {
        if (!IsOn || !isOther || State is not (UnitState.BackingOff or UnitState.Failed))
            return Outcome(ExitCode.Success, "does not run here");
        Retry.Clear();
        return await StartCoreAsync();
    }

    private async Task<UnitOutcome> TurnOffAsync()
    {
        Retry.Cancel();
        TryAdopt();
        await _life.StopAsync();
        if (Entry.Problem is { } problem)
            _life.Status.Fail(problem);
        else
            _life.Status.Set(UnitState.Off);
        return Outcome(Entry.Problem is null ? ExitCode.Success : ExitCode.Usage, Entry.Problem ?? "is off");
    }

    /// <summary>Sources that do not compile stop nothing.</summary>
    private UnitOutcome Refuse(PreparedApplication.Failure failure)
    {
        if (IsAlive || TryAdopt())
            _life.Status.Set(UnitState.Stale, failure.Message);
        else if (_good is null)
            _life.Status.Fail(failure.Message);
        return Outcome(failure.ExitCode, failure.Message);
    }

    private UnitOutcome RunsAlready()
    {
        _life.Status.Set(UnitState.Running);
        return Outcome(ExitCode.Success, "runs already");
    }

    /// <summary>Adopts the process that holds the pid file. Its sources are known only if the record is of the very same process.</summary>
    private bool TryAdopt()
    {
        if (IsAlive)
            return true;
        if (UnitProcess.Adopt(context.Fleet.PidFileOf(Name), context.Watch) is not { } process)
            return false;
        _life.Take(process, OnEnded);
        if (_record.Process != process.Id || _record.StartTicks != process.StartTicks)
            Save(_record with { Hash = "", Process = process.Id, StartTicks = process.StartTicks });
        FleetLog.Adopted(context.Log, Name, process.Id);
        return true;
    }

    private async Task<UnitOutcome> StartCoreAsync()
    {
        Retry.Cancel();
        _life.Status.Set(UnitState.Queued);
        await context.Slots.WaitAsync(context.Stopping.Token);
        try
        {
            if (TryAdopt())
                return await ReloadIfOtherAsync();
            var good = _good!;

            // The next emperor finds the process by its record, also if this one is killed before the process has reported.
            if (!File.Exists(context.Fleet.StateFileOf(Name)))
                Save(_record);
            var (process, exitCode, message) = await FleetContext.OnThread(() => _life.Start(context.Arguments.ForDaemon(Entry, InCluster()), good));
            if (process is not null)
            {
                _life.Take(process, OnEnded);
                Save(new UnitRecord(good.Hash, process.Id, process.StartTicks, false));
                FleetLog.Started(context.Log, Name, process.Id);
                return Outcome(ExitCode.Success, "runs");
            }

            // The deployment already runs, for example because an emperor was killed between the spawn and the report.
            if (exitCode == ExitCode.AlreadyRunning && TryAdopt())
                return await ReloadIfOtherAsync();
            Retry.AfterEnd(TimeSpan.Zero, exitCode, message, canStart: _good is not null);
            return Outcome(exitCode, message);
        }
        finally
        {
            context.Slots.Release();
        }
    }

    /// <summary>Returns the options that only a cluster gives. Each start has an epoch of its own.</summary>
    private string[] InCluster()
    {
        if (context.Right is not { } right)
            return [];
        right.Check();
        Epoch = Math.Max(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), Epoch + 1 ?? 0);
        return [$"--epoch={Epoch}", string.Create(CultureInfo.InvariantCulture, $"--leash-limit={right.Limit.TotalSeconds}"), .. (_agreed?.Parameters ?? new Dictionary<string, string>()).Select(each => $"--set={each.Key}={each.Value}")];
    }

    private async Task<UnitOutcome> ReloadIfOtherAsync() =>
        _record.Hash == _good!.Hash ? Outcome(ExitCode.Success, "runs already") : await ReloadLockedAsync();

    private async Task<UnitOutcome> ReloadCoreAsync()
    {
        await context.Slots.WaitAsync(context.Stopping.Token);
        try
        {
            return await ReloadLockedAsync();
        }
        finally
        {
            context.Slots.Release();
        }
    }

    private async Task<UnitOutcome> ReloadLockedAsync()
    {
        var (exitCode, message) = await _life.ReloadAsync(isBack: _agreed?.Hash is not null && _good!.Content != _latest?.Content);
        if (exitCode != ExitCode.Success)
            return Outcome(exitCode, message);
        Save(_record with { Hash = _good!.Hash });
        return Outcome(exitCode, message);
    }

    private void OnEnded(UnitProcess process) => _ = LockedAsync(() =>
    {
        if (_life.Release(process) is var (ran, exitCode, how))
            Retry.AfterEnd(ran, exitCode, how, canStart: _good is not null);
        return Task.FromResult(true);
    });

    private void Save(UnitRecord record)
    {
        _record = record;
        try
        {
            record.Write(context.Fleet.StateFileOf(Name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Only the next emperor needs the file. It then reloads once more than it must.
            FleetLog.CannotSave(context.Log, Name, e.Message);
        }
    }

    private UnitOutcome Outcome(int exitCode, string message) => new(Name, exitCode, message);

    private async Task<T> LockedAsync<T>(Func<Task<T>> operation)
    {
        await _gate.WaitAsync(context.Stopping.Token);
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
