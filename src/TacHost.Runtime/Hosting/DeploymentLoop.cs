using System.Globalization;

namespace TacHost.Hosting;

/// <summary>The deployments that a process starts, from the start of the first one to the end of the last one.</summary>
internal sealed class DeploymentLoop(HostProcess process)
{
    /// <summary>Gets the deployments that have started.</summary>
    public List<Deployment> Running { get; } = [];

    /// <summary>Gets the line about the deployments for the service manager.</summary>
    public string Summary
    {
        get
        {
            if (Running is [{ Source.Summary: { } summary }])
                return summary;
            var services = ServiceTree.VisitAll(Running);
            var names = Running.Count == 1 ? Running[0].Application.Name : string.Create(CultureInfo.InvariantCulture, $"{Running.Count} applications");
            return string.Create(CultureInfo.InvariantCulture, $"{names} {(Running.Count == 1 ? "is" : "are")} running, {services} {(services == 1 ? "service" : "services")}");
        }
    }

    /// <summary>Starts the deployments in order. A failure affects only its deployment, as long as another one starts.</summary>
    /// <exception cref="TacHostException">No deployment started.</exception>
    public void StartAll(StartTimings timings)
    {
        TacHostException? first = null;
        foreach (var deployment in process.Deployments)
        {
            try
            {
                deployment.Start(process, timings);
                Running.Add(deployment);
            }
            catch (TacHostException e) when (process.Deployments.Count > 1)
            {
                first ??= e;
            }
        }

        if (Running.Count == 0 && first is not null)
            throw first;
    }

    /// <summary>Processes events until all deployments have stopped.</summary>
    public void WaitForEnd()
    {
        var count = Running.Count;
        while (count > 0)
        {
            switch (process.Events.Wait())
            {
                case HostEvent.ShutdownRequested:
                    Stop(Running);
                    break;
                case HostEvent.DeploymentEnds { Deployment: var deployment }:
                    Stop([deployment]);
                    break;
                case HostEvent.DeploymentStopped { Deployment: var deployment }:
                    deployment.EndStop();
                    count -= Running.Contains(deployment) ? 1 : 0;
                    break;
            }
        }
    }

    private void Stop(List<Deployment> deployments)
    {
        foreach (var deployment in deployments)
        {
            if (!deployment.BeginStop(process))
                continue;
            if (process.Deployments.All(each => each.State is not DeploymentState.Running))
                process.Manager.Stopping(process.Signals.First is { } signal ? $"stopping after {signal}" : deployment.ExitCode == ExitCode.Success ? "stopping as asked" : "stopping after a failure");
        }
    }
}
