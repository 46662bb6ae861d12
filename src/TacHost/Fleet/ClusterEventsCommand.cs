using System.Text.Json;
using System.Text.Json.Nodes;
using TacHost.CommandLine;
using TacHost.Control.Client;
using TacHost.Control.Wire;

namespace TacHost.Fleet;

/// <summary><c>tachost cluster events</c>: the events that the node on this machine has noticed.</summary>
internal static class ClusterEventsCommand
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(250);

    public static int Run(ControlClient client, CommandOptions command)
    {
        long last = 0;
        while (true)
        {
            var events = client.Call("cluster-events", new JsonObject { ["after"] = last }, ControlClient.Timeout).Deserialize(ControlJson.Default.ClusterEvents)!;
            if (command.Json && (events.Events.Count > 0 || !command.Follow))
                Terminal.Write(JsonText.Of(events, ControlJson.Default.ClusterEvents));
            else
                Terminal.Write(string.Concat(events.Events.Select(each => SingleLine.Escape($"{each.Time:yyyy-MM-dd HH:mm:ss} {(each.Name.Length > 0 ? $"{each.Kind} {each.Name}: " : "")}{each.Text}") + "\n")));
            if (!command.Follow)
                return ExitCode.Success;
            last = events.Events.Count > 0 ? events.Events[^1].Number : last;
            BlockingWait.For(Task.Delay(_interval));
        }
    }
}
