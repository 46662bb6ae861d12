using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TacHost.Control.Wire;

/// <summary>How the values of the protocol are written as JSON: by code that the compiler makes, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProcessReport))]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(StopReport))]
[JsonSerializable(typeof(ReloadReport))]
[JsonSerializable(typeof(OriginReport))]
[JsonSerializable(typeof(LogReport))]
[JsonSerializable(typeof(LevelReport))]
internal sealed partial class ControlJson : JsonSerializerContext
{
    /// <summary>Gets the settings of all writers: text in any script stays readable.</summary>
    public static JsonWriterOptions Writer { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
}
