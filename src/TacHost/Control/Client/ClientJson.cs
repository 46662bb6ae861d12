using System.Text.Json.Serialization;

namespace TacHost.Control.Client;

/// <summary>The JSON serialization of the client's own types for <c>--json</c>, generated at compile time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PsRow[]))]
internal sealed partial class ClientJson : JsonSerializerContext;
