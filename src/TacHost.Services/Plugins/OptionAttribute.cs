namespace TacHost.Services.Plugins;

/// <summary>Declares a property of an options class as a command-line option.</summary>
/// <remarks>
/// The initializer of the property is the default. The type of the property determines the syntax:
/// <list type="table">
/// <item><term><see cref="bool"/></term><description>A flag: <c>--name</c>, or <c>--no-name</c> if it is on by default.</description></item>
/// <item><term><see cref="string"/>, numbers, enums, <see cref="Uri"/></term><description>Enums are written <c>like-this</c>.</description></item>
/// <item><term><see cref="Port"/>, <see cref="Iface"/>, <see cref="System.Net.IPAddress"/>,
/// <see cref="System.Net.IPEndPoint"/>, <see cref="System.Net.IPNetwork"/></term>
/// <description>Network addresses and ports.</description></item>
/// <item><term><see cref="Networking.ServerEndpoint"/>, <see cref="Networking.ClientEndpoint"/></term><description>See
/// <see cref="Networking.Endpoint"/>.</description></item>
/// <item><term><see cref="ExistingFile"/>, <see cref="ExistingDirectory"/>, <see cref="FilePath"/></term>
/// <description>Paths, resolved against the directory in which tachost was started.</description></item>
/// <item><term><see cref="TimeSpan"/>, <see cref="ByteSize"/></term>
/// <description><c>30s</c>, <c>5m</c>, <c>1h30m</c>, <c>250ms</c>; <c>1000</c>, <c>10k</c>, <c>1M</c>.</description></item>
/// <item><term><see cref="KeyValuePair{TKey,TValue}"/> of any two of these types</term><description><c>KEY=VALUE</c>.</description></item>
/// <item><term>Any other type with <see cref="IParsable{TSelf}"/></term>
/// <description>The texts that the type parses. <see cref="OptionTypeAttribute"/> describes them.</description></item>
/// <item><term><see cref="List{T}"/>, <see cref="IReadOnlyList{T}"/> or an array of any of these types</term>
/// <description>An option that can be repeated. Given values replace the default.</description></item>
/// </list>
/// A nullable property is null if the option is not given.
/// </remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionAttribute : Attribute
{
    /// <summary>Initializes an option with only a long name.</summary>
    /// <param name="name">The long name, without dashes: lower-case letters, digits and hyphens.</param>
    /// <param name="description">The purpose, as shown in the help.</param>
    public OptionAttribute(string name, string description) => (Name, Description) = (name, description);

    /// <summary>Initializes an option with a long name and a short name.</summary>
    /// <param name="name">The long name, without dashes: lower-case letters, digits and hyphens.</param>
    /// <param name="letter">The short name.</param>
    /// <param name="description">The purpose, as shown in the help.</param>
    public OptionAttribute(string name, char letter, string description)
        : this(name, description) => Letter = letter;

    /// <summary>Gets the long name, without dashes.</summary>
    public string Name { get; }

    /// <summary>Gets the short name, or <c>'\0'</c> if there is none.</summary>
    public char Letter { get; }

    /// <summary>Gets the purpose, as shown in the help.</summary>
    public string Description { get; }

    /// <summary>Gets whether the option is required, on the command line or by <see cref="EnvironmentVariable"/>. Defaults to false.</summary>
    public bool Required { get; init; }

    /// <summary>Gets the allowed values. Defaults to an empty array: all values of the type.</summary>
    public string[] Choices { get; init; } = [];

    /// <summary>Gets the environment variable that supplies the value if the option is not given. An empty variable is ignored. Defaults to null: no variable.</summary>
    /// <remarks>
    /// For a flag, the values are <c>1</c>, <c>true</c>, <c>yes</c> and <c>on</c>, and their opposites. For a list, the variable contains one value.
    /// </remarks>
    public string? EnvironmentVariable { get; init; }

    /// <summary>Gets the name of the value in the help. Defaults to a word for the type.</summary>
    public string? ValueName { get; init; }

    /// <summary>Gets the text for the default in the help. Defaults to the value of the initializer.</summary>
    public string? DefaultText { get; init; }

    /// <summary>Gets the minimum of a number, port, size (in bytes) or time (in seconds). Defaults to no limit.</summary>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <summary>Gets the maximum of a number, port, size (in bytes) or time (in seconds). Defaults to no limit.</summary>
    public double Maximum { get; init; } = double.PositiveInfinity;
}
