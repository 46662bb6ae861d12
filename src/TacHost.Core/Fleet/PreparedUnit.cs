namespace TacHost.Fleet;

/// <summary>A tac file of a fleet as the command has prepared it.</summary>
/// <param name="Prepared">The compiled tac file, or the reason why there is none.</param>
/// <param name="Hash">The hash of all that the compiled form depends on; empty after a failure.</param>
/// <param name="Files">The absolute paths of the files that were read for it.</param>
internal sealed record PreparedUnit(Prepared Prepared, string Hash, IReadOnlyList<string> Files)
{
    /// <summary>Gets the failure, or null.</summary>
    public Prepared.Failure? Failure => Prepared as Prepared.Failure;
}
