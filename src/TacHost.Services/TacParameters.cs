using TacHost.Services.Infrastructure;
using TacHost.Services.Plugins;
using TacHost.Services.Plugins.Infrastructure;
using TacHost.Services.Plugins.Reading;

namespace TacHost.Services;

/// <summary>The parameters that a tac file reads at its top level: <c>Option(…)</c> and <c>Args</c>.</summary>
/// <remarks>
/// The sources of a value, in this order: the arguments after the tac file, <c>--set</c>, the environment, the file of values.
/// Values have the same format as those of plugin options; see <see cref="OptionAttribute"/> for the types.
/// </remarks>
public sealed class TacParameters
{
    private const string EnvironmentPrefix = "TACHOST_SET_";

    private readonly ParameterSources _sources;
    private readonly OptionFormat _format;
    private readonly ParameterWords _words;
    private readonly List<OptionDescription> _options = [];

    /// <summary>Initializes the parameters of one evaluation.</summary>
    public TacParameters(ParameterSources sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        _sources = sources;
        _format = new OptionFormat(sources.Directory);
        _words = new ParameterWords(sources.Words);
    }

    /// <summary>Gets the arguments after <c>--</c> on the command line.</summary>
    public IReadOnlyList<string> Args => _words.Arguments;

    /// <summary>Gets the parameters that the tac file has requested so far, in that order.</summary>
    public IReadOnlyList<OptionDescription> Options => _options;

#pragma warning disable RS0026 // tac files are compiled from source, so an additional optional parameter does not break them
    /// <summary>Returns the value of a required parameter.</summary>
    /// <param name="name">The name, without dashes: lower-case letters, digits and hyphens.</param>
    /// <param name="description">The purpose, as shown in the help.</param>
    /// <param name="minimum">The minimum of a number, port, size (in bytes) or time (in seconds).</param>
    /// <param name="maximum">The maximum.</param>
    /// <param name="choices">The allowed values. Defaults to all values of the type.</param>
    /// <param name="environmentVariable">An environment variable with precedence over that of the name, <c>TACHOST_SET_NAME</c>.</param>
    /// <exception cref="UsageException">The parameter is missing, or the value cannot be parsed.</exception>
    public T Option<T>(string name, string description, double minimum = double.NegativeInfinity, double maximum = double.PositiveInfinity, string[]? choices = null, string? environmentVariable = null) =>
        Option<T>(new OptionAttribute(name, description) { Minimum = minimum, Maximum = maximum, Choices = choices ?? [], EnvironmentVariable = environmentVariable, Required = true }, default!);

    /// <summary>Returns the value of a parameter, or its default.</summary>
    /// <param name="name">The name, without dashes: lower-case letters, digits and hyphens.</param>
    /// <param name="defaultValue">The value if none is given.</param>
    /// <param name="description">The purpose, as shown in the help.</param>
    /// <param name="minimum">The minimum of a number, port, size (in bytes) or time (in seconds).</param>
    /// <param name="maximum">The maximum.</param>
    /// <param name="choices">The allowed values. Defaults to all values of the type.</param>
    /// <param name="environmentVariable">An environment variable with precedence over that of the name, <c>TACHOST_SET_NAME</c>.</param>
    /// <exception cref="UsageException">The value cannot be parsed.</exception>
    public T Option<T>(string name, T defaultValue, string description, double minimum = double.NegativeInfinity, double maximum = double.PositiveInfinity, string[]? choices = null, string? environmentVariable = null) =>
        Option(new OptionAttribute(name, description) { Minimum = minimum, Maximum = maximum, Choices = choices ?? [], EnvironmentVariable = environmentVariable }, defaultValue);
#pragma warning restore RS0026

    /// <summary>Throws if a value was given for a parameter that the tac file does not read. The host calls this method after the tree is built.</summary>
    /// <exception cref="UsageException">A parameter is unknown.</exception>
    public void ThrowIfUnknown()
    {
        if (_sources.OnlyList)
            return;
        if (_words.Unused().FirstOrDefault() is { } word && (word is not ['-', ..] || _sources.IsOptionBefore(word)))
            throw word is not ['-', ..] ? new UsageException($"'{word}' is an unexpected argument. Arguments for 'Args' go after '--'.")
                : new UsageException($"there is no parameter '{word}'. It is an option of tachost, and goes before the tac file.");
        if (Unknown().FirstOrDefault() is { Name: not null } unknown)
        {
            var nearest = DidYouMean.To(unknown.Name.TrimStart('-'), _options.Select(option => option.Name));
            throw new UsageException($"there is no parameter '{unknown.Name}'{unknown.From}. {(nearest is not null ? $"Did you mean '{unknown.Dashes}{nearest}'?" : _options.Count == 0 ? "It has none." : $"It has {string.Join(", ", _options.Select(option => option.Name))}.")}");
        }
    }

    /// <summary>Returns the given names that no parameter has so far.</summary>
    private IEnumerable<(string Name, string Dashes, string From)> Unknown()
    {
        foreach (var word in _words.Unused().Where(word => word is ['-', ..]))
            yield return (word, "--", "");
        foreach (var name in _sources.Settings.Select(NameOf))
        {
            if (Find(name) is null && !_sources.IsOfAnotherFile(name))
                yield return (name, "", " in --set");
        }

        foreach (var value in _sources.FileValues)
        {
            if (Find(value.Name) is null && !(_sources.SharesFileValues && _sources.IsOfAnotherFile(value.Name)))
                yield return (value.Name, "", $" in '{value.Place}'");
        }

        foreach (System.Collections.DictionaryEntry each in Environment.GetEnvironmentVariables())
        {
            var variable = (string)each.Key;
            if (!variable.StartsWith(EnvironmentPrefix, StringComparison.Ordinal) || _options.Exists(option => VariableOf(option.Name) == variable))
                continue;
            var name = variable[EnvironmentPrefix.Length..].ToLowerInvariant().Replace('_', '-');
            if (!_sources.IsOfAnotherFile(name))
                yield return (name, "", $" in the environment variable {variable}");
        }
    }

    private T Option<T>(OptionAttribute option, T defaultValue)
    {
        if (!OptionTable.IsName(option.Name) || option.Name == "help")
            throw new ArgumentException($"'{option.Name}' cannot be the name of a parameter: names are made of lower-case letters, digits and hyphens, and 'help' is reserved.", nameof(option));
        if (Find(option.Name) is not null)
            throw new ArgumentException($"The tac file has two parameters with the name '{option.Name}'.", nameof(option));
        OptionValues values = new(typeof(T), option, $"The parameter '{option.Name}'");
        var described = option.EnvironmentVariable is null ? new OptionAttribute(option.Name, option.Description) { Minimum = option.Minimum, Maximum = option.Maximum, Choices = option.Choices, Required = option.Required, EnvironmentVariable = VariableOf(option.Name) } : option;
        _options.Add(OptionDescription.Of(described, values, null, option.Required ? null : values.DefaultText(defaultValue)));
        if (Given(option, values) is { } given)
            return (T)values.Combine([.. given.Texts.Select(text => values.Read(text, "--" + option.Name, given.From, _format))]);
        if (typeof(T) == typeof(Secret) && CredentialFile(option.Name) is { } file)
            return (T)values.Read(file, "--" + option.Name, "", _format);
        if (option.Required && !_sources.OnlyList)
            throw new UsageException($"--{option.Name} {values.Kind.ValueName} ({option.Description}) is required{MistypedAs(option.Name)}");
        return defaultValue;
    }

    private (IReadOnlyList<string> Texts, string From)? Given(OptionAttribute option, OptionValues values)
    {
        List<string> texts = [.. _words.Take(option.Name, values.IsFlag)];
        if (texts.Count > 0)
            return (texts, "");
        texts.AddRange(_sources.Settings.Where(setting => NameOf(setting) == option.Name).Select(setting => setting[(option.Name.Length + 1)..]));
        if (texts.Count > 0)
            return (texts, " in --set");
        foreach (var variable in new[] { option.EnvironmentVariable, VariableOf(option.Name) }.OfType<string>())
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value)
                return ([value], $" in the environment variable {variable}");
        }

        return _sources.FileValues.FirstOrDefault(value => value.Name == option.Name) is { } inFile ? (inFile.Texts, $" in '{inFile.Place}'") : null;
    }

    private static string? CredentialFile(string name) =>
        new[] { Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY"), "/run/secrets" }.Where(directory => !string.IsNullOrEmpty(directory)).Select(directory => Path.Combine(directory!, name)).FirstOrDefault(File.Exists);

    private OptionDescription? Find(string name) => _options.Find(option => option.Name == name);

    /// <summary>Returns the end of the message for a missing parameter if a similar name is given, which no parameter has so far.</summary>
    private string MistypedAs(string name) =>
        Unknown().FirstOrDefault(each => DidYouMean.To(each.Name.TrimStart('-'), [name]) is not null) is { Name: not null } given ? $", and '{given.Name}' is given{given.From}. Did you mean '{given.Dashes}{name}'?" : ".";

    private static string NameOf(string setting) => setting.Split('=', 2)[0];

    private static string VariableOf(string name) => EnvironmentPrefix + name.ToUpperInvariant().Replace('-', '_');
}
