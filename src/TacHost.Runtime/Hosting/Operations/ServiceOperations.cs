using TacHost.Control.Server;
using TacHost.Logging;
using TacHost.Native;
using TacHost.Services;

namespace TacHost.Hosting.Operations;

/// <summary>Starts, stops and restarts one service, or everything, for a client of the control socket.</summary>
internal static class ServiceOperations
{
    /// <summary>Stops one service, or the process. The answer about the process comes when everything has stopped.</summary>
    public static async Task StopAsync(HostProcess process, ControlCall call)
    {
        if (call.Text("service") is { } path)
        {
            var (deployment, service) = Find(process, path);
            Log(deployment, call, "stop", service);
            await StopAsync(process, deployment, service);
            return;
        }

        HostLog.StopAsked(process.Log.Host, UserOf(call), call.Caller.Process);
        process.Events.Post(new HostEvent.ShutdownRequested("control socket"));
        var exitCode = await process.Ended;
        call.Answer(new Control.Wire.StopReport(exitCode), Control.Wire.ControlJson.Default.StopReport);
    }

    public static Task StartAsync(HostProcess process, ControlCall call)
    {
        var (deployment, service) = Find(process, call.RequiredText("service"));
        Log(deployment, call, "start", service);
        return StartAsync(process, deployment, service);
    }

    /// <summary>Stops one service and starts it again. Its listening sockets stay open meanwhile.</summary>
    public static async Task RestartAsync(HostProcess process, ControlCall call)
    {
        var (deployment, service) = Find(process, call.RequiredText("service"));
        Log(deployment, call, "restart", service);
        await StopAsync(process, deployment, service);
        await StartAsync(process, deployment, service);
    }

    private static async Task StopAsync(HostProcess process, Deployment deployment, IService service)
    {
        using TimeLimit limit = new(deployment.Options.Grace, deployment.Log.Host, process.Signals.Repeated);
        try
        {
            await service.StopAsync(limit.Token);
        }
        catch (Exception e)
        {
            throw new TacHostException(ExitCode.Software, $"the service '{service.ServicePath}' did not stop cleanly: {FailureText.Of(e)}", e);
        }

        if (service.State is ServiceState.Stopping)
            throw new TacHostException(ExitCode.TimedOut, $"the service '{service.ServicePath}' did not stop within {deployment.Options.Grace.TotalSeconds:0.###} s (--grace).");
    }

    private static async Task StartAsync(HostProcess process, Deployment deployment, IService service)
    {
        if (service.State is ServiceState.Running)
            throw new TacHostException(ExitCode.Usage, $"the service '{service.ServicePath}' runs already.");
        if (service.Parent is IService { State: not ServiceState.Running } parent)
            throw new TacHostException(ExitCode.Unavailable, $"the service '{service.ServicePath}' cannot start, because '{parent.ServicePath}' does not run. Start that.");
        using TimeLimit limit = new(deployment.Options.StartTimeout, deployment.Log.Host, process.Signals.Requested);
        try
        {
            await service.StartAsync(limit.Token);
        }
        catch (OperationCanceledException e) when (limit.Token.IsCancellationRequested)
        {
            throw new TacHostException(ExitCode.TimedOut, $"the service '{service.ServicePath}' did not start within {deployment.Options.StartTimeout.TotalSeconds:0.###} s (--start-timeout).", e);
        }
        catch (Exception e)
        {
            throw new TacHostException(ExitCode.Unavailable, $"the service '{service.ServicePath}' did not start: {FailureText.Of(e)}", e);
        }
    }

    /// <summary>Finds a service by its whole path, or by its path below the application.</summary>
    private static (Deployment Deployment, IService Service) Find(HostProcess process, string path)
    {
        List<string> paths = [];
        foreach (var deployment in process.Deployments.Where(each => each.State == DeploymentState.Running))
        {
            var application = deployment.Application;
            foreach (var service in All(application))
            {
                if (service == application && service.ServicePath == path)
                    throw new TacHostException(ExitCode.Usage, $"'{path}' is the whole application. Leave the path out to stop it or to restart it.");
                if (service != application && (service.ServicePath == path || service.ServicePath == $"{application.ServicePath}/{path}"))
                    return (deployment, service);
                paths.Add(service.ServicePath);
            }
        }

        var nearest = DidYouMean.To(path, paths.Concat(paths.Select(each => each[(each.IndexOf('/', StringComparison.Ordinal) + 1)..])));
        throw new TacHostException(ExitCode.Usage, $"there is no service '{path}'.{(nearest is null ? " 'tachost tree' shows all." : $" Did you mean '{nearest}'?")}");
    }

    private static IEnumerable<IService> All(IService service) =>
        service is IServiceCollection children ? children.SelectMany(All).Prepend(service) : [service];

    private static void Log(Deployment deployment, ControlCall call, string verb, IService service) =>
        HostLog.OperationAsked(deployment.Log.Host, UserOf(call), call.Caller.Process, verb, service.ServicePath);

    private static string UserOf(ControlCall call) => Accounts.User(call.Caller.User)?.Name ?? call.Caller.User.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
