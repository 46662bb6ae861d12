using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TacHost.Control.Wire;

/// <summary>The JSON serialization of the protocol's types, generated at compile time without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ProcessReport))]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(StopReport))]
[JsonSerializable(typeof(ReloadReport))]
[JsonSerializable(typeof(UpgradeReport))]
[JsonSerializable(typeof(HistoryReport))]
[JsonSerializable(typeof(OriginReport))]
[JsonSerializable(typeof(LogReport))]
[JsonSerializable(typeof(LevelReport))]
[JsonSerializable(typeof(AttachReport))]
[JsonSerializable(typeof(EvaluateReport))]
[JsonSerializable(typeof(ClusterReport))]
[JsonSerializable(typeof(ClusterNode))]
[JsonSerializable(typeof(ClusterSet))]
[JsonSerializable(typeof(ClusterEvents))]
[JsonSerializable(typeof(LogPage))]
[JsonSerializable(typeof(LogQuestion))]
[JsonSerializable(typeof(DumpReport))]
[JsonSerializable(typeof(StacksReport))]
[JsonSerializable(typeof(ProcessDump))]
[JsonSerializable(typeof(FleetReport))]
[JsonSerializable(typeof(UnitOutcome))]
[JsonSerializable(typeof(FleetOutcome))]
internal sealed partial class ControlJson : JsonSerializerContext
{
    /// <summary>Gets the options of all writers: text in any script stays readable.</summary>
    public static JsonWriterOptions Writer { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
}
