using TacHost.Control.Server;
using TacHost.Control.Wire;

namespace TacHost.Hosting.Operations;

/// <summary>Reloads an application, or makes the plan of that, for a client of the control socket.</summary>
internal static class ReloadOperation
{
    /// <summary>Executes the method <c>reload</c>. A client that is gone before the end does not stop it.</summary>
    /// <exception cref="TacHostException">The reload failed, and everything runs as before.</exception>
    public static async Task RunAsync(HostProcess process, ControlCall call)
    {
        var name = call.Text("application");
        var deployment = process.Deployments.FirstOrDefault(each => each.HasApplication && (name is null || each.Application.Name == name))
            ?? throw new TacHostException(ExitCode.Unavailable, $"there is no application '{name}' in this process.");
        var result = await deployment.Reloads.RunAsync(new ReloadRequest { OnlyPlan = call.Flag("dryRun"), IfPlan = call.Text("ifPlan") });
        ReloadReport report = new(
            result.HasChanges,
            [.. result.Plan.Select(service => new ReloadedService(service.Verdict, service.Path, service.Reason, service.Text))],
            result.Notices, result.Summary, result.Fingerprint, result.Took.TotalMilliseconds);
        call.Answer(report, ControlJson.Default.ReloadReport);
    }
}
