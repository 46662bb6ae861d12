using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TacHost.CommandLine;
using TacHost.Control.Client;
using TacHost.Control.Wire;
using TacHost.Daemon;

namespace TacHost.Dumping;

/// <summary><c>tachost dump</c>: the managed stacks of all threads of a running process, and the operations that its tree is waiting for.</summary>
internal static class DumpCommand
{
    /// <returns>0, or an exit code if the stacks cannot be read. The tree is shown then, too.</returns>
    /// <exception cref="TacHostException">WHO is not running.</exception>
    public static int Run(string? who, bool asJson)
    {
        var running = Find(who);
        using var reader = StacksProcess.Start(running.Process);
        using var connection = running.Report is null ? null : running.Connect();
        DumpReport? tree = null;
        connection?.Call("dump", new JsonObject { ["tracer"] = reader.Id }, ControlClient.Timeout, message =>
        {
            tree = message.Deserialize(ControlJson.Default.DumpReport);
            return false;
        });
        StacksReport? stacks = null;
        TacHostException? failure = null;
        try
        {
            stacks = JsonSerializer.Deserialize(reader.Read(), ControlJson.Default.StacksReport);
        }
        catch (TacHostException e)
        {
            failure = e;
        }

        Terminal.Write(asJson ? JsonText.Of(new ProcessDump(tree, stacks), ControlJson.Default.ProcessDump) : Text(running, tree, stacks));
        return failure is null ? ExitCode.Success : throw failure;
    }

    /// <summary>Finds a process, even one that does not answer.</summary>
    private static RunningApplication Find(string? who) => ApplicationSearch.All(who) is [{ Report: null } silent] ? silent : ApplicationSearch.FindProcess(who);

    private static string Text(RunningApplication running, DumpReport? tree, StacksReport? stacks)
    {
        StringBuilder text = new();
        if (tree is null)
            text.Append(CultureInfo.InvariantCulture, $"Process {running.Process} does not answer on its control socket.\n");
        else
            AppendTree(text, tree);
        if (stacks is null)
            return text.ToString();
        if (stacks.Awaiting.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{Screen.Standard.Heading("Async methods that wait")}\n");
            foreach (var each in stacks.Awaiting)
                text.Append(CultureInfo.InvariantCulture, $"  {SingleLine.EscapeLines(each.Method)}{(each.Count > 1 ? $" ({each.Count} times)" : "")}\n");
        }

        foreach (var alike in stacks.Threads.GroupBy(thread => $"{thread.Name}\n{thread.Exception}\n{string.Join('\n', thread.Frames)}"))
        {
            var thread = alike.First();
            var ids = string.Join(", ", alike.Select(each => each.Id.ToString(CultureInfo.InvariantCulture)));
            text.Append(CultureInfo.InvariantCulture, $"\n{Screen.Standard.Heading($"Thread{(alike.Skip(1).Any() ? "s" : "")} {ids}, {SingleLine.EscapeLines(thread.Name)}")}\n");
            if (thread.Exception is { } exception)
                text.Append(CultureInfo.InvariantCulture, $"  handles {SingleLine.EscapeLines(exception)}\n");
            foreach (var frame in thread.Frames)
                text.Append(CultureInfo.InvariantCulture, $"  {SingleLine.EscapeLines(frame)}\n");
        }

        return text.ToString();
    }

    private static void AppendTree(StringBuilder text, DumpReport tree)
    {
        var process = tree.Status.Process;
        foreach (var application in process.Applications)
            text.Append(CultureInfo.InvariantCulture, $"{Screen.Standard.Heading(SingleLine.Escape(application.Name ?? "?"))}, process {process.Pid}: {Screen.Standard.State(application.State)}. Thread pool: {tree.PoolThreads} threads, {tree.PendingWorkItems} pending work items.\n");
        foreach (var service in tree.Status.Services.Where(each => each.State is "starting" or "stopping"))
        {
            var time = service.StateSince is { } since ? string.Create(CultureInfo.InvariantCulture, $" for {Math.Max(0, (DateTimeOffset.UtcNow - since).TotalSeconds):0.0} s") : "";
            text.Append(CultureInfo.InvariantCulture, $"  {SingleLine.Escape(service.Path)} is {Screen.Standard.State(service.State)}{time}{(service.Connections > 0 ? $", {service.Connections} open connections" : "")}\n");
            foreach (var reason in service.WaitsFor)
                text.Append(CultureInfo.InvariantCulture, $"    waits for {SingleLine.Escape(reason)}\n");
        }
    }
}
