using System.Text.Json;
using System.Text.Json.Nodes;
using TacHost.Control.Client;
using TacHost.Control.Wire;
using TacHost.Daemon;

namespace TacHost.Fleet;

/// <summary>The process of a deployment and what is known of it. Changed by one operation at a time; read by any thread.</summary>
internal sealed class UnitLife(string name, FleetContext context) : IDisposable
{
    private static readonly TimeSpan _betweenConnects = TimeSpan.FromMilliseconds(50);

    private DateTimeOffset? _since;
    private DateTimeOffset? _nextTry;
    private int _restarts;
    private string? _lastExit;
    private int? _spawned;

    /// <summary>Gets the state.</summary>
    public UnitState State { get; private set; }

    /// <summary>Gets the reason of the state, or null.</summary>
    public string? Reason { get; private set; }

    /// <summary>Gets the process, or null.</summary>
    public UnitProcess? Process { get; private set; }

    /// <summary>Sets the state.</summary>
    public void Set(UnitState state, string? reason = null)
    {
        if (state == UnitState.Stale && (State, Reason) != (state, reason))
            FleetLog.Stale(context.Log, name, reason!);
        (State, Reason) = (state, reason);
        _nextTry = null;
    }

    /// <summary>Sets the state after the deployment was given up.</summary>
    public void Fail(string reason)
    {
        if ((State, Reason) != (UnitState.Failed, reason))
            FleetLog.Failed(context.Log, name, reason);
        Set(UnitState.Failed, reason);
    }

    /// <summary>Sets the state before the next try.</summary>
    public void BackOff(TimeSpan delay, string reason)
    {
        FleetLog.BackingOff(context.Log, name, reason, delay.TotalSeconds);
        Set(UnitState.BackingOff, reason);
        _nextTry = TimeProvider.System.GetUtcNow() + delay;
    }

    /// <summary>Counts a restart.</summary>
    /// <returns>True.</returns>
    public bool CountRestart() => ++_restarts > 0;

    /// <summary>Starts a daemon and blocks until it runs or has ended.</summary>
    public (UnitProcess? Process, int ExitCode, string Message) Start(IReadOnlyList<string> arguments, Prepared prepared)
    {
        Set(UnitState.Starting);
        var options = context.Deployments;
        try
        {
            using var own = context.Right?.CreateLeash();
            return new UnitStart(arguments, prepared, context.Watch, own ?? context.Leash?.Read).Run(options.StartTimeout, options.Grace, id => _spawned = id, context.Stopping.Token);
        }
        catch (TacHostException e)
        {
            return (null, e.ExitCode, e.Message);
        }
        finally
        {
            _spawned = null;
        }
    }

    /// <summary>Takes a process that runs.</summary>
    /// <param name="process">The process.</param>
    /// <param name="onEnded">Called when the process has ended.</param>
    public void Take(UnitProcess process, Action<UnitProcess> onEnded)
    {
        Process?.Dispose();
        Process = process;
        _since = process.IsAdopted ? File.GetLastWriteTime(context.Fleet.PidFileOf(name)) : TimeProvider.System.GetLocalNow();
        Set(UnitState.Running);
        process.Ended.ContinueWith(_ => onEnded(process), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>Lets go of a process that has ended.</summary>
    /// <returns>How long it ran and how it ended, or null if the end was asked for.</returns>
    public (TimeSpan Ran, int? ExitCode, string How)? Release(UnitProcess process)
    {
        if (Process != process)
            return null;
        var status = Waiting.Result(process.Ended);
        var ran = TimeProvider.System.GetLocalNow() - _since!.Value;
        Forget(process);
        return (ran, status is { Signal: 0, Code: var code } ? code : null, $"the process {process.Id} ended {UnitExit.Describe(status)}");
    }

    /// <summary>Stops the process, if one runs.</summary>
    public async Task StopAsync()
    {
        if (Process is not { } process)
            return;
        Set(UnitState.Stopping);
        if (await process.StopAsync(context.Deployments.Grace + CommandLine.HostRequest.EmperorMargin, CancellationToken.None))
            FleetLog.Killed(context.Log, name, process.Id, context.Deployments.Grace.TotalSeconds);
        else
            FleetLog.Stopped(context.Log, name, process.Id);
        Forget(process);
        Set(UnitState.Off);
    }

    /// <summary>Has the process reload itself. If that fails, it runs as before.</summary>
    public async Task<(int ExitCode, string Message)> ReloadAsync()
    {
        var process = Process!;
        Set(UnitState.Reloading);
        try
        {
            var report = await FleetContext.OnThread(() => Reload(process));
            FleetLog.Reloaded(context.Log, name, report.Changes ? report.Summary : "nothing has changed");
            Set(UnitState.Running);
            return (ExitCode.Success, report.Changes ? report.Summary : "nothing has changed");
        }
        catch (TacHostException e)
        {
            Set(UnitState.Stale, e.Message);
            return (e.ExitCode, e.Message);
        }
    }

    /// <summary>Returns what is shown of the process.</summary>
    public UnitReport Report()
    {
        var id = Process is { Ended.IsCompleted: false, Id: var running } ? running : _spawned;
        return new UnitReport
        {
            Name = name,
            State = State.Word(),
            Reason = Reason,
            Pid = id,
            Adopted = Process?.IsAdopted ?? false,
            Since = Process is null ? null : _since,
            Restarts = _restarts,
            NextTry = _nextTry,
            LastExit = _lastExit,
            Memory = id is { } one ? ProcessTimes.PrivateMemory(one) : null,
            Processor = id is { } same ? ProcessTimes.Processor(same)?.TotalSeconds : null,
            LogFile = context.Fleet.LogFileOf(name),
        };
    }

    public void Dispose() => Process?.Dispose();

    private ReloadReport Reload(UnitProcess process)
    {
        // A process that was adopted while it was starting has no control socket yet.
        var end = TimeProvider.System.GetUtcNow() + context.Deployments.StartTimeout;
        ControlClient? client;
        while ((client = ControlClient.Connect(process.Id)) is null)
        {
            if (process.Ended.IsCompleted || TimeProvider.System.GetUtcNow() > end)
                throw new TacHostException(ExitCode.Unavailable, $"process {process.Id} has no control socket.");
            Waiting.For(Task.Delay(_betweenConnects, context.Stopping.Token));
        }

        using (client)
            return client.Call("reload", new JsonObject(), Timeout.InfiniteTimeSpan).Deserialize(ControlJson.Default.ReloadReport)!;
    }

    private void Forget(UnitProcess process)
    {
        var status = Waiting.Result(process.Ended);
        _lastExit = $"{UnitExit.Describe(status)} at {TimeProvider.System.GetLocalNow():yyyy-MM-dd HH:mm:ss}";
        Process = null;
        process.Dispose();
        try
        {
            PidFile.RemoveLeftBy(process.Id, context.Fleet.PidFileOf(name));
        }
        catch (TacHostException)
        {
            // It does not block a start: only the lock counts.
        }
    }
}
