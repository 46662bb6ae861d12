using System.Text.Json;
using System.Text.Json.Nodes;
using TacHost.Control.Client;
using TacHost.Control.Wire;
using TacHost.Daemon;

namespace TacHost.Fleet;

/// <summary>The process of a deployment and its state. Changed by one operation at a time; read by any thread.</summary>
internal sealed class UnitLife(string name, FleetContext context) : IDisposable
{
    /// <summary>The time for the start of a group, whose applications have their own timeouts.</summary>
    private static readonly TimeSpan _longestBoot = TimeSpan.FromHours(1);

    private static readonly TimeSpan _betweenConnects = TimeSpan.FromMilliseconds(50);

    private readonly UnitStatus _status = new(name, () => context.Log);
    private int? _spawned;

    public UnitStatus Status => _status;

    public UnitProcess? Process { get; private set; }

    /// <summary>Starts a daemon and blocks until it runs or has ended.</summary>
    public (UnitProcess? Process, int ExitCode, string Message) Start(IReadOnlyList<string> arguments, PreparedUnit prepared)
    {
        _status.Set(UnitState.Starting);
        var options = context.Deployments;
        try
        {
            using var own = context.Right?.CreateLeash();
            return new UnitStart(arguments, prepared.Prepared, context.Watch, own ?? context.Leash?.Read).Run(prepared.Prepared is PreparedApplication.Own ? _longestBoot : options.StartTimeout, options.Grace, id => _spawned = id, context.Stopping.Token);
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

    /// <summary>Sets the running process of the unit.</summary>
    /// <param name="process">The process.</param>
    /// <param name="onEnded">Called when the process has ended.</param>
    public void Take(UnitProcess process, Action<UnitProcess> onEnded)
    {
        Process?.Dispose();
        Process = process;
        _status.Since = process.IsAdopted ? File.GetLastWriteTime(context.Fleet.PidFileOf(name)) : TimeProvider.System.GetLocalNow();
        _status.Set(UnitState.Running);
        process.Ended.ContinueWith(_ => onEnded(process), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>Clears the process of the unit after its end.</summary>
    /// <returns>The run time and the end, or null if the end was requested.</returns>
    public (TimeSpan Ran, int? ExitCode, string How)? Release(UnitProcess process)
    {
        if (Process != process)
            return null;
        var status = BlockingWait.Result(process.Ended);
        var ran = TimeProvider.System.GetLocalNow() - _status.Since!.Value;
        Forget(process);
        return (ran, status is { Signal: 0, Code: var code } ? code : null, $"the process {process.Id} ended {UnitExit.Describe(status)}");
    }

    public async Task StopAsync()
    {
        if (Process is not { } process)
            return;
        _status.Set(UnitState.Stopping);
        if (await process.StopAsync(context.Deployments.Grace + CommandLine.HostRequest.EmperorMargin, CancellationToken.None))
            FleetLog.Killed(context.Log, name, process.Id, context.Deployments.Grace.TotalSeconds);
        else
            FleetLog.Stopped(context.Log, name, process.Id);
        Forget(process);
        _status.Set(UnitState.Off);
    }

    /// <summary>Has the process reload itself. If that fails, it runs as before.</summary>
    /// <param name="isBack">Whether to go back to the deployment before the present one, whose files are not on the disk any more.</param>
    public async Task<(int ExitCode, string Message)> ReloadAsync(bool isBack = false)
    {
        var process = Process!;
        _status.Set(UnitState.Reloading);
        try
        {
            var report = await FleetContext.OnThread(() => Reload(process, isBack));
            FleetLog.Reloaded(context.Log, name, report.Changes ? report.Summary : "nothing has changed");
            _status.Set(UnitState.Running);
            return (ExitCode.Success, report.Changes ? report.Summary : "nothing has changed");
        }
        catch (TacHostException e)
        {
            _status.Set(UnitState.Stale, e.Message);
            return (e.ExitCode, e.Message);
        }
    }

    /// <summary>Returns what is shown of the process.</summary>
    public UnitReport Report()
    {
        var id = Process is { Ended.IsCompleted: false, Id: var running } ? running : _spawned;
        return _status.Report() with
        {
            Pid = id,
            Adopted = Process?.IsAdopted ?? false,
            Since = Process is null ? null : _status.Since,
            Memory = id is { } one ? ProcessTimes.PrivateMemory(one) : null,
            Processor = id is { } same ? ProcessTimes.Processor(same)?.TotalSeconds : null,
            LogFile = context.Fleet.LogFileOf(name),
        };
    }

    public void Dispose() => Process?.Dispose();

    private ReloadReport Reload(UnitProcess process, bool isBack)
    {
        // A process that was adopted while it was starting has no control socket yet.
        var end = TimeProvider.System.GetUtcNow() + context.Deployments.StartTimeout;
        ControlClient? client;
        while ((client = ControlClient.Connect(process.Id)) is null)
        {
            if (process.Ended.IsCompleted || TimeProvider.System.GetUtcNow() > end)
                throw new TacHostException(ExitCode.Unavailable, $"process {process.Id} has no control socket.");
            BlockingWait.For(Task.Delay(_betweenConnects, context.Stopping.Token));
        }

        using (client)
        {
            JsonObject parameters = [];
            if (isBack && client.Call("history", null, ControlClient.Timeout).Deserialize(ControlJson.Default.HistoryReport)!.Deployments is [.., { } before, _])
                parameters["rollback"] = before.Number;
            return client.Call("reload", parameters, Timeout.InfiniteTimeSpan).Deserialize(ControlJson.Default.ReloadReport)!;
        }
    }

    private void Forget(UnitProcess process)
    {
        var status = BlockingWait.Result(process.Ended);
        _status.LastExit = $"{UnitExit.Describe(status)} at {TimeProvider.System.GetLocalNow():yyyy-MM-dd HH:mm:ss}";
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
