using TacHost.Control.Server;
using TacHost.Control.Wire;

namespace TacHost.Hosting.Operations;

/// <summary>Reloads an application, or makes the plan of that, for a client of the control socket.</summary>
internal static class ReloadOperation
{
    /// <summary>Executes the method <c>reload</c>. A disconnect of the client does not stop it.</summary>
    /// <exception cref="TacHostException">The reload failed, and everything runs as before.</exception>
    public static async Task RunAsync(HostProcess process, ControlCall call)
    {
        var deployment = DeploymentOf(process, call);
        ReloadRequest request = new() { OnlyPlan = call.Flag("dryRun"), IfPlan = call.Text("ifPlan"), File = call.Text("file"), Rollback = call.Number("rollback") };
        if (request is { File: not null, OnlyPlan: false } || !Path.IsPathFullyQualified(request.File ?? "/"))
            throw new TacHostException(ExitCode.Usage, "only a plan can be made with another tac file, which needs its absolute path.");
        var result = await deployment.Reloads.RunAsync(request);
        ReloadReport report = new(
            result.HasChanges,
            [.. result.Plan.Select(service => new ReloadedService(service.Verdict, service.Path, service.Reason, service.Text))],
            result.Notices, result.Summary, result.Fingerprint, result.Took.TotalMilliseconds);
        call.Answer(report, ControlJson.Default.ReloadReport);
    }

    /// <summary>Executes the method <c>history</c>.</summary>
    public static void ShowHistory(HostProcess process, ControlCall call)
    {
        var all = DeploymentOf(process, call).Reloads.History;
        call.Answer(new HistoryReport([.. all.Select(each => new HistoryEntry(each.Number, each.Since, each == all[^1], each.Source.Origin, each.What))]), ControlJson.Default.HistoryReport);
    }

    private static Deployment DeploymentOf(HostProcess process, ControlCall call)
    {
        var name = call.Text("application");
        return process.Deployments.FirstOrDefault(each => each.HasApplication && (name is null || each.Application.Name == name))
            ?? throw new TacHostException(ExitCode.Unavailable, $"there is no application '{name}' in this process.");
    }
}
