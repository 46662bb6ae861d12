using System.Net;
using TacHost.Control.Wire;
using TacHost.Native;
using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Hosting.Operations;

/// <summary>Creates reports of the current state of a process, its applications and their services.</summary>
internal static class Reports
{
    public static ProcessReport Of(HostProcess process) => new()
    {
        Protocol = ProcessReport.CurrentProtocol,
        Version = HostVersion.Text,
        Pid = Environment.ProcessId,
        User = LibcAccounts.GetEuid(),
        Daemon = process.IsDaemon,
        PidFile = process.Options.PidFile,
        LogFile = process.Log.FilePath,
        Root = process.Options.Chroot,
        Successor = process.Upgrade.Successor,
        Applications = [.. process.Deployments.Select(deployment => Of(deployment, process))],
    };

    public static StatusReport WithServices(HostProcess process)
    {
        List<ServiceReport> services = [];
        foreach (var deployment in process.Deployments)
        {
            if (deployment.HasApplication)
                Add(services, deployment.Application, deployment.Application, 0);
        }

        return new StatusReport(Of(process), services);
    }

    private static ApplicationReport Of(Deployment deployment, HostProcess process)
    {
        List<ServiceReport> services = [];
        if (deployment.HasApplication)
            Add(services, deployment.Application, deployment.Application, 0);
        return new ApplicationReport
        {
            Name = deployment.HasApplication ? deployment.Application.Name : null,
            Source = SourceOf(deployment, process),
            State = Word(deployment.State),
            Since = deployment.StartedAt,
            Services = services.Count(service => !service.IsGroup),
            Failed = [.. services.Where(service => service.State == Word(ServiceState.Failed) || service.NextTry is not null).Select(service => service.Path)],
            Connections = services.Sum(service => service.Connections ?? 0),
        };
    }

    /// <summary>Returns the absolute path of the tac file. The user's path is relative to the directory in which the process was started.</summary>
    private static string SourceOf(Deployment deployment, HostProcess process) =>
        deployment.Options.Plugin is null && process.LaunchDirectory is { } directory ? Path.GetFullPath(deployment.Source.Origin, directory) : deployment.Source.Origin;

    private static void Add(List<ServiceReport> all, Application application, IService service, int depth)
    {
        var path = service.ServicePath;
        var connections = application.GetConnectionTotals(service);
        all.Add(new ServiceReport
        {
            Path = path,
            Name = path[(path.LastIndexOf('/') + 1)..],
            Depth = depth,
            Type = service.GetType().Name,
            IsGroup = service is IServiceCollection,
            State = Word(service.State),
            Since = service.StartedAt,
            StateSince = service.StateSince,
            WaitsFor = service.WaitsFor,
            Restarts = service.Restarts,
            LastFailure = service.LastFailure is { } failure ? $"{RootCause.Of(failure).GetType().Name}{FailurePlace.Of(failure)}: {RootCause.Of(failure).Message}" : null,
            NextTry = service.NextTry,
            LocalAddresses = service is IListeningService listening ? [.. listening.LocalAddresses.Select(TextOf)] : [],
            Connects = service is IServiceNeeds needing ? [.. needing.Needs.Where(need => need.Kind == ServiceNeedKind.Connect).Select(need => need.Name)] : [],
            Connections = connections?.Open,
            Accepted = connections?.Accepted,
        });
        if (service is not IServiceCollection group)
            return;
        foreach (var child in group)
            Add(all, application, child, depth + 1);
    }

    /// <summary>A socket without a name has no text.</summary>
    private static string TextOf(EndPoint endPoint) => endPoint.ToString() ?? "";

    private static string Word(Enum state) => state.ToString().ToLowerInvariant();
}
