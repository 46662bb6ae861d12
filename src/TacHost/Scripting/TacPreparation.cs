namespace TacHost.Scripting;

/// <summary>A tac file out of the cache or from the compiler, and what else is known of it then.</summary>
/// <param name="Tac">The compiled tac file.</param>
/// <param name="WasCompiled">Whether the compiler was needed.</param>
/// <param name="Sources">The absolute paths of the files that were read for it.</param>
/// <param name="Key">The key of the compiled form in the cache.</param>
/// <param name="Warnings">What the compiler warned of; empty if it was not needed.</param>
internal sealed record TacPreparation(Prepared.Tac Tac, bool WasCompiled, IReadOnlyList<string> Sources, string Key, IReadOnlyList<string> Warnings)
{
    /// <summary>Gets the same as a script, for somebody else who knows what to do with it.</summary>
    public CompiledScript Script => new(Tac.Code.Code, Tac.Code.Libraries, Sources, Tac.Notices);
}
