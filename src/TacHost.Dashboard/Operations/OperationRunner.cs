using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using TacHost.Control.Client;
using TacHost.Control.Wire;

namespace TacHost.Dashboard.Operations;

/// <summary>The result of an operation.</summary>
/// <param name="Succeeded">True if it was done.</param>
/// <param name="Lines">The result in words.</param>
/// <param name="Fingerprint">The fingerprint of a plan with changes, or null.</param>
internal sealed record Outcome(bool Succeeded, IReadOnlyList<string> Lines, string? Fingerprint = null);

/// <summary>Executes operations by the control socket of a process.</summary>
internal static class OperationRunner
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(10);

    /// <summary>Executes an operation.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="logger">Gets a line for each operation.</param>
    /// <param name="cancellationToken">Ends the wait for the result.</param>
    public static async Task<Outcome> RunAsync(Operation operation, ILogger logger, CancellationToken cancellationToken)
    {
        var outcome = operation.Process == Environment.ProcessId && operation.Verb != "plan"
            ? new Outcome(false, ["The page does not operate its own process. Use the command line."])
            : await Task.Factory.StartNew(() => Run(operation, cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (outcome.Succeeded)
            DashboardLog.Done(logger, operation.Verb, operation.Name, operation.Process);
        else
            DashboardLog.Failed(logger, operation.Verb, operation.Name, operation.Process, string.Join(' ', outcome.Lines));
        return outcome;
    }

    /// <summary>Returns the deployments of an application that its process keeps.</summary>
    /// <exception cref="TacHostException">The process does not answer, or has ended.</exception>
    public static Task<HistoryReport> HistoryAsync(int process, string application) => Task.Run(() =>
    {
        using var client = Connect(process);
        return client.Call("history", new() { ["application"] = application }, ControlClient.Timeout).Deserialize(ControlJson.Default.HistoryReport)!;
    });

    private static Outcome Run(Operation operation, CancellationToken cancellationToken)
    {
        try
        {
            using var client = Connect(operation.Process);
            using var aborting = cancellationToken.Register(client.Abort);
            var (method, parameters) = operation.Call();
            return Read(operation, client.Call(method, parameters, _timeout));
        }
        catch (TacHostException e)
        {
            return new Outcome(false, e.Message.Split('\n'));
        }
    }

    private static ControlClient Connect(int process) =>
        ControlClient.Connect(process) ?? throw new TacHostException(ExitCode.Unavailable, string.Create(CultureInfo.InvariantCulture, $"process {process} has ended."));

    private static Outcome Read(Operation operation, JsonElement result)
    {
        if (operation.Verb.StartsWith("fleet-", StringComparison.Ordinal))
        {
            var done = result.Deserialize(ControlJson.Default.FleetOutcome)!.Done;
            return new Outcome(done.All(each => each.ExitCode == ExitCode.Success), [.. done.Select(each => $"{each.Name}: {each.Message}")]);
        }

        if (operation.Verb is not ("plan" or "reload" or "rollback"))
            return new Outcome(true, [operation.Verb == "stop" ? "Everything in the process has stopped." : "Done."]);
        var report = result.Deserialize(ControlJson.Default.ReloadReport)!;
        List<string> lines = [.. report.Services.Select(service => service.Text), .. report.Notices];
        if (operation.Verb == "plan")
            return new Outcome(true, lines, report.Changes ? report.Fingerprint : null);
        lines.Add(report.Describe());
        return new Outcome(true, lines);
    }
}
