using System.Reflection.Metadata;

namespace TacHost.Plugins;

/// <summary>The properties of a type that are relevant for options.</summary>
/// <param name="Name">The name without the namespace.</param>
/// <param name="Definition">The definition, if the type is defined in the same assembly.</param>
/// <param name="Arguments">The type arguments.</param>
internal sealed record TypeShape(string Name, TypeDefinitionHandle Definition = default, IReadOnlyList<TypeShape>? Arguments = null)
{
    /// <summary>Gets the element type of a list, an array or a nullable type, otherwise the type itself.</summary>
    public TypeShape Element => this is { Arguments: [var only] } ? only.Element : this;
}
