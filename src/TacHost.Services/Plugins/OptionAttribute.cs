namespace TacHost.Services.Plugins;

/// <summary>Makes a property of an options class an option of the command line.</summary>
/// <remarks>
/// The property's initialiser is the default, and its type decides what is read:
/// <list type="table">
/// <item><term><see cref="bool"/></term><description>a flag: <c>--name</c>, or <c>--no-name</c> where it is on by default</description></item>
/// <item><term><see cref="string"/>, numbers, enums, <see cref="Uri"/></term><description>enums are written <c>like-this</c></description></item>
/// <item><term><see cref="Port"/>, <see cref="Iface"/>, <see cref="System.Net.IPAddress"/>, <see cref="System.Net.IPEndPoint"/>, <see cref="System.Net.IPNetwork"/></term><description>places in a network</description></item>
/// <item><term><see cref="Networking.ServerEndpoint"/>, <see cref="Networking.ClientEndpoint"/></term><description>see <see cref="Networking.Endpoint"/></description></item>
/// <item><term><see cref="ExistingFile"/>, <see cref="ExistingDirectory"/>, <see cref="FilePath"/></term><description>paths, made absolute against the directory in which tachost was started</description></item>
/// <item><term><see cref="TimeSpan"/>, <see cref="ByteSize"/></term><description><c>30s</c>, <c>5m</c>, <c>1h30m</c>, <c>250ms</c>; <c>1000</c>, <c>10k</c>, <c>1M</c></description></item>
/// <item><term><see cref="KeyValuePair{TKey,TValue}"/> of any two of them</term><description><c>KEY=VALUE</c></description></item>
/// <item><term>any other type with <see cref="IParsable{TSelf}"/></term><description>what it parses; <see cref="OptionTypeAttribute"/> says what that is</description></item>
/// <item><term><see cref="List{T}"/>, <see cref="IReadOnlyList{T}"/> or an array of any of them</term><description>an option that may be repeated; what is given takes the place of the default</description></item>
/// </list>
/// The property may be nullable; null is then "not given".
/// </remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionAttribute : Attribute
{
    /// <summary>An option with a long name only.</summary>
    /// <param name="name">The long name, without dashes: lower-case letters, digits and hyphens.</param>
    /// <param name="description">What it does, as the help says it.</param>
    public OptionAttribute(string name, string description) => (Name, Description) = (name, description);

    /// <summary>An option with a long name and one of a single letter.</summary>
    /// <param name="name">The long name, without dashes: lower-case letters, digits and hyphens.</param>
    /// <param name="letter">The short name.</param>
    /// <param name="description">What it does, as the help says it.</param>
    public OptionAttribute(string name, char letter, string description)
        : this(name, description) => Letter = letter;

    /// <summary>The long name, without dashes.</summary>
    public string Name { get; }

    /// <summary>The short name, or <c>'\0'</c> for none.</summary>
    public char Letter { get; }

    /// <summary>What it does.</summary>
    public string Description { get; }

    /// <summary>Whether it must be given, here or by <see cref="EnvironmentVariable"/>. Defaults to false.</summary>
    public bool Required { get; init; }

    /// <summary>The only values that are taken. Defaults to all that the type has.</summary>
    public string[] Choices { get; init; } = [];

    /// <summary>The environment variable that counts when the option is not given; an empty one does not. Defaults to none. For a flag <c>1</c>, <c>true</c>, <c>yes</c> and <c>on</c> or their opposites; for a list one value.</summary>
    public string? EnvironmentVariable { get; init; }

    /// <summary>What the value is called in the help. Defaults to a word for the type.</summary>
    public string? ValueName { get; init; }

    /// <summary>What the help says of the default. Defaults to the value of the initialiser.</summary>
    public string? DefaultText { get; init; }

    /// <summary>The least that a number, port, size (in bytes) or time (in seconds) may be. Defaults to no limit.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <summary>The most that a number, port, size (in bytes) or time (in seconds) may be. Defaults to no limit.</summary>
    public double Maximum { get; init; } = double.PositiveInfinity;
}
