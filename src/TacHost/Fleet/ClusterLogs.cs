using System.Text.Json;
using System.Text.Json.Nodes;
using TacHost.CommandLine;
using TacHost.Control.Client;
using TacHost.Control.Wire;

namespace TacHost.Fleet;

/// <summary><c>tachost cluster logs</c>: the log of a deployment, from whichever node runs it.</summary>
internal static class ClusterLogs
{
    private const int OrdinaryLines = 20;

    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(15);

    public static int Run(ControlClient client, CommandOptions command, string name)
    {
        var report = ClusterCommands.Ask(client);
        ClusterCommands.CheckName(report, name);
        if (!command.Follow && report.Owner(name) is null)
            throw new TacHostException(ExitCode.Unavailable, SingleLine.Escape($"'{name}' runs on no node now. Its earlier logs are on the nodes that have run it: 'tachost fleet logs {name}' there."));
        var (node, from) = ("", (string?)null);
        while (true)
        {
            if (ClusterCommands.Ask(client).Owner(name) is var (owner, _) && owner.Name != node)
            {
                // On the next node, the part that was written before this command has seen the move counts, too.
                if (node.Length > 0)
                    Terminal.WriteError(SingleLine.Escape($"tachost: '{name}' is on node '{owner.Name}' now.") + "\n");
                (node, from) = (owner.Name, null);
            }

            if (node.Length > 0)
                from = Print(client, command, node, name, from);
            if (!command.Follow)
                return ExitCode.Success;
            BlockingWait.For(Task.Delay(_interval));
        }
    }

    /// <returns>The place of the next part. If the node cannot be asked at the moment, the same as before.</returns>
    private static string? Print(ControlClient client, CommandOptions command, string node, string name, string? from)
    {
        JsonObject parameters = new() { ["node"] = node, ["name"] = name, ["lines"] = command.Lines ?? OrdinaryLines, ["from"] = from };
        try
        {
            LogPage page;
            do
            {
                page = client.Call("cluster-log", parameters, _timeout).Deserialize(ControlJson.Default.LogPage)!;
                Terminal.Write(string.Concat(page.Lines.Select(line => SingleLine.EscapeLines(line) + "\n")));
                parameters["from"] = page.Next;
            }
            while (command.Follow && page.Lines.Count > 0);
            return page.Next;
        }
        catch (TacHostException e) when (command.Follow && e.ExitCode is ExitCode.TimedOut or ExitCode.Unavailable && ClusterCommands.Ask(client).Node.Length > 0)
        {
            return from;
        }
    }
}
