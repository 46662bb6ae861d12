using System.Text.Json;
using System.Text.Json.Serialization;

namespace TacHost.Fleet;

/// <summary>The serialization of <c>cluster.json</c>. A misspelt name is an error.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true)]
[JsonSerializable(typeof(Dictionary<string, UnitSettings>))]
internal sealed partial class ClusterSettingsJson : JsonSerializerContext;
