using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using TacHost.CommandLine;
using TacHost.Control.Client;
using TacHost.Control.Wire;

namespace TacHost.Fleet;

/// <summary>Changes the desired state of a cluster, and waits for what follows.</summary>
internal sealed class ClusterChanges(ControlClient client)
{
    private const int Tries = 5;

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(15);

    /// <summary>The time in which something must happen: a deployment may need its whole grace period to stop.</summary>
    private static readonly TimeSpan _longestStep = TimeSpan.FromMinutes(2);

    /// <summary>Makes the next version. If another change was faster, nothing is changed.</summary>
    /// <param name="old">The present version.</param>
    /// <param name="next">Returns the new state.</param>
    /// <returns>The new version.</returns>
    /// <exception cref="TacHostException">Another version is in force by now.</exception>
    public ClusterSet MakeNext(ClusterSet old, ClusterSet next)
    {
        next = next with { Version = old.Version + 1 };
        client.Call("cluster-change", new JsonObject { ["set"] = JsonSerializer.Serialize(next, ControlJson.Default.ClusterSet) }, _timeout);
        Wait(report => report.Desired.Version >= next.Version, "the change to arrive here");
        return next;
    }

    /// <summary>Changes the state. If another change was faster, the change is made to the new state.</summary>
    public void Make(Func<ClusterSet, ClusterSet> change)
    {
        for (var number = 1; ; number++)
        {
            var desired = ClusterCommands.Ask(client).Desired;
            try
            {
                MakeNext(desired, change(desired));
                return;
            }
            catch (TacHostException e) when (e.ExitCode == ExitCode.TimedOut && number < Tries && ClusterCommands.Ask(client).Desired.Version > desired.Version)
            {
                // The next try begins with the newer version.
            }
        }
    }

    /// <summary>Waits until the cluster is in a state.</summary>
    /// <exception cref="TacHostException">The wait took too long.</exception>
    public ClusterReport Wait(Func<ClusterReport, bool> isSo, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var report = ClusterCommands.Ask(client);
            if (isSo(report))
                return report;
            if (Stopwatch.GetElapsedTime(began) > _longestStep)
                throw new TacHostException(ExitCode.TimedOut, SingleLine.Escape($"waited {_longestStep.TotalMinutes:0} minutes in vain for {what}. The change stays in force. Look at 'tachost cluster ls'."));
            BlockingWait.For(Task.Delay(_interval));
        }
    }
}
