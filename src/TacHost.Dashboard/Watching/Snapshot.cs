using TacHost.Control.Wire;

namespace TacHost.Dashboard.Watching;

/// <summary>The processes that run here, as they were at one moment.</summary>
/// <param name="Version">The number of the snapshot, greater than those of earlier snapshots.</param>
/// <param name="Processes">The processes, sorted by the names of their applications.</param>
/// <param name="LogEnd">The number of the last line that the log had.</param>
internal sealed record Snapshot(long Version, IReadOnlyList<WatchedProcess> Processes, long LogEnd)
{
    /// <summary>Returns an application, or null if it does not run any more.</summary>
    public (WatchedProcess Process, ApplicationReport Application)? Find(int process, string application) =>
        Processes.Where(each => each.Id == process).SelectMany(each => each.Applications.Where(report => report.Name == application).Select(report => ((WatchedProcess, ApplicationReport)?)(each, report))).FirstOrDefault();

    /// <summary>Returns the deployment that a process runs, with its emperor; or null if no emperor keeps it.</summary>
    public (WatchedProcess Emperor, UnitReport Unit)? FindUnit(int process) =>
        Processes.SelectMany(each => each.Fleet?.Units.Where(unit => unit.Pid == process && !unit.Name.Contains('/')).Select(unit => ((WatchedProcess, UnitReport)?)(each, unit)) ?? []).FirstOrDefault();
}

/// <summary>A process, as it has reported itself.</summary>
/// <param name="Id">The process ID, from the kernel.</param>
/// <param name="User">The name of its user, from the kernel.</param>
/// <param name="Status">The report, or null if it does not answer.</param>
/// <param name="Fleet">The deployments, if it is an emperor.</param>
internal sealed record WatchedProcess(int Id, string User, StatusReport? Status, FleetReport? Fleet)
{
    /// <summary>Gets the name of the first application.</summary>
    public string Name => Applications is [var first, ..] ? first.Name ?? "" : "";

    /// <summary>Gets the applications.</summary>
    public IReadOnlyList<ApplicationReport> Applications => Status?.Process.Applications ?? [];

    /// <summary>Returns the services of an application, each group before its children.</summary>
    public IReadOnlyList<ServiceReport> ServicesOf(string application)
    {
        var services = Status?.Services ?? [];
        var start = services.Index().FirstOrDefault(each => each.Item is { Depth: 0 } root && root.Path == application, (-1, null!)).Index;
        return start < 0 ? [] : [services[start], .. services.Skip(start + 1).TakeWhile(service => service.Depth > 0)];
    }
}

/// <summary>A line of the log of an application.</summary>
/// <param name="Number">Counts up over all processes.</param>
/// <param name="Process">The process ID.</param>
/// <param name="Application">The name of the application.</param>
/// <param name="Report">The line.</param>
internal sealed record WatchedLine(long Number, int Process, string Application, LogReport Report);
