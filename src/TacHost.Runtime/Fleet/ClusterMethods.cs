using System.Text.Json;
using TacHost.Control.Server;
using TacHost.Control.Wire;

namespace TacHost.Fleet;

/// <summary>The methods that the control socket of a node of a cluster has beside those of every emperor.</summary>
internal static class ClusterMethods
{
    /// <summary>The number of the last lines of a log, if the caller does not say.</summary>
    private const int OrdinaryLines = 20;

    public static void Add(ControlMethods methods, IPlacement placement)
    {
        methods.Add("cluster", call => call.Answer(placement.Report(), ControlJson.Default.ClusterReport));
        methods.Add("cluster-events", call => call.Answer(placement.EventsAfter(call.Number("after") ?? 0), ControlJson.Default.ClusterEvents));
        methods.Add("cluster-change", (call, _) => placement.ChangeAsync(Set(call)));
        methods.Add("cluster-log", async (call, _) =>
            call.Answer(await placement.ReadLogAsync(call.RequiredText("node"), new LogQuestion(call.RequiredText("name"), call.Number("lines") ?? OrdinaryLines, call.Text("from"))), ControlJson.Default.LogPage));
    }

    private static ClusterSet Set(ControlCall call)
    {
        try
        {
            return JsonSerializer.Deserialize(call.RequiredText("set"), ControlJson.Default.ClusterSet) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new ControlException(ControlError.InvalidParameters, $"The parameter 'set' is the text of a desired state: {e.Message}");
        }
    }
}
