using System.Text.Json;
using Akka.Actor;
using TacHost.Control.Wire;
using TacHost.Fleet;

namespace TacHost.Cluster;

/// <summary>Reads logs of this node for others. Questions and answers are texts, which need no serializer that names types.</summary>
internal sealed class LogReader : ReceiveActor
{
    public const string Name = "logs";

    public LogReader(IPlacedFleet fleet) => Receive<string>(text =>
    {
        var question = JsonSerializer.Deserialize(text, ControlJson.Default.LogQuestion)!;
        Sender.Tell(JsonSerializer.Serialize(fleet.ReadLog(question), ControlJson.Default.LogPage));
    });
}
