namespace TacHost.Services.Infrastructure;

/// <summary>A value in a file of values.</summary>
/// <param name="name">The name of the parameter.</param>
/// <param name="texts">The value; several for a list.</param>
/// <param name="place">The place of the value, such as <c>poetry.values.json</c>.</param>
public sealed class ParameterValue(string name, IReadOnlyList<string> texts, string place)
{
    /// <summary>Gets the name of the parameter.</summary>
    public string Name { get; } = name;

    /// <summary>Gets the value; several texts for a list.</summary>
    public IReadOnlyList<string> Texts { get; } = texts;

    /// <summary>Gets where it stands.</summary>
    public string Place { get; } = place;
}
