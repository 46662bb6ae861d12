namespace TacHost.Scripting;

/// <summary>A tac file from the cache or the compiler, with the details of its preparation.</summary>
/// <param name="Tac">The compiled tac file.</param>
/// <param name="WasCompiled">True if the compiler was needed.</param>
/// <param name="Sources">The absolute paths of the files that were read for it.</param>
/// <param name="Key">The key of the compiled form in the cache.</param>
/// <param name="Warnings">The warnings of the compiler; empty if it was not needed.</param>
internal sealed record TacPreparation(PreparedApplication.Tac Tac, bool WasCompiled, IReadOnlyList<string> Sources, string Key, IReadOnlyList<string> Warnings)
{
    /// <summary>Gets the same in the form of a script.</summary>
    public CompiledScript Script => new(Tac.Code.Code, Tac.Code.Libraries, Sources, Tac.Notices);
}
