namespace TacHost.CommandLine;

/// <summary>The exception for an invalid value of an option.</summary>
/// <param name="expected">The description of a valid value, to follow "which is".</param>
/// <param name="choices">The valid values, which are searched for a similar one, or null.</param>
internal sealed class OptionValueException(string expected, IReadOnlyList<string>? choices = null) : Exception(expected)
{
    public IReadOnlyList<string> Choices { get; } = choices ?? [];
}
