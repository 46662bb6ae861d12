using System.Text.Json.Serialization;

namespace TacHost.Control.Client;

/// <summary>How <c>--json</c> writes what the client makes itself.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PsRow[]))]
internal sealed partial class ClientJson : JsonSerializerContext;
