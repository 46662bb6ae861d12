using System.Reflection.Metadata;

namespace TacHost.Plugins;

/// <summary>As much of a type as matters for options.</summary>
/// <param name="Name">Its name, without the namespace.</param>
/// <param name="Definition">Where it is defined, if that is in the same assembly.</param>
/// <param name="Arguments">Its type arguments.</param>
internal sealed record TypeShape(string Name, TypeDefinitionHandle Definition = default, IReadOnlyList<TypeShape>? Arguments = null)
{
    /// <summary>What a list, an array or a nullable is of; otherwise the type itself.</summary>
    public TypeShape Element => this is { Arguments: [var only] } ? only.Element : this;
}
