using System.Text.Json;
using TacHost.Control.Server;
using TacHost.Control.Wire;

namespace TacHost.Fleet;

/// <summary>The methods that the control socket of an emperor has beside those of every process.</summary>
internal static class FleetMethods
{
    public static void Add(ControlMethods methods, Emperor emperor)
    {
        methods.Add("fleet", call => call.Answer(emperor.Report(), ControlJson.Default.FleetReport));
        methods.Add("fleet-release", (_, _) => emperor.ReleaseAsync());
        foreach (var verb in new[] { "reload", "start", "stop", "restart" })
            methods.Add($"fleet-{verb}", (call, gone) => OperateAsync(verb, emperor, call, gone));
    }

    private static async Task OperateAsync(string verb, Emperor emperor, ControlCall call, CancellationToken gone)
    {
        FleetChain chain = new(verb, emperor)
        {
            Parallel = call.Number("parallel") is > 0 and var parallel ? parallel : 1,
            KeepsGoing = call.Flag("keepGoing"),
            OnOutcome = outcome => call.Notify(outcome, ControlJson.Default.UnitOutcome),
        };
        call.Answer(await chain.RunAsync(Names(call, emperor), gone), ControlJson.Default.FleetOutcome);
    }

    private static IReadOnlyList<string> Names(ControlCall call, Emperor emperor)
    {
        if (call.Flag("all"))
            return [.. emperor.Units.All.Select(unit => unit.Name)];
        if (call.Parameters.ValueKind != JsonValueKind.Object || !call.Parameters.TryGetProperty("names", out var names) || names.ValueKind != JsonValueKind.Array)
            throw new ControlException(ControlError.InvalidParameters, "The parameter 'names' is missing. It is an array of strings. Or 'all' is true.");
        return [.. names.EnumerateArray().Select(name => name.ValueKind == JsonValueKind.String ? name.GetString()! : "")];
    }
}
