namespace TacHost.CommandLine;

/// <summary>A value that an option does not take.</summary>
/// <param name="expected">What it takes instead, to follow "which is".</param>
/// <param name="choices">The words to look for a near one among, if there are any.</param>
internal sealed class BadValueException(string expected, IReadOnlyList<string>? choices = null) : Exception(expected)
{
    public IReadOnlyList<string> Choices { get; } = choices ?? [];
}
