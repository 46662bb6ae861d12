using System.Reflection;
using TacHost.Services.Plugins.Reading;

namespace TacHost.Services.Plugins.Infrastructure;

/// <summary>The options that a class declares. Parses command lines, and is the source of help, completion and man page.</summary>
/// <remarks>For the host. Use <see cref="OptionParser"/> to parse a command line in a test.</remarks>
public sealed class OptionTable
{
    private readonly OptionDescription _help;
    private readonly OptionDescription _version;
    private readonly List<(SubCommandDescription Description, PropertyInfo Property)> _subCommands = [];
    private readonly OptionProperty? _operands;

    private OptionTable(Type type)
    {
        Type = type;
        List<OptionDescription> options = [];
        foreach (var property in Properties(type))
        {
            if (property.GetCustomAttribute<OptionAttribute>() is { } option)
                options.Add(Describe(property, option));
            if (property.GetCustomAttribute<SubCommandAttribute>() is { } subCommand)
                _subCommands.Add((new SubCommandDescription(subCommand.Name, subCommand.Description, Of(property.PropertyType)), property));
            if (property.GetCustomAttribute<OperandsAttribute>() is { } operands)
            {
                _operands = Operands is null ? new OptionProperty(property, null) : throw Error($"has two properties with [Operands], the second of them {property.Name}");
                Operands = new OperandsDescription(operands.ValueName, operands.Description, _operands.Values.IsList, operands.Required);
            }
        }

        _help = new OptionDescription { Name = "help", Letter = options.Any(option => option.Letter == 'h') ? null : 'h', Description = "Show this text." };
        _version = new OptionDescription { Name = "version", Description = "Show the version." };
        Options = [.. options, _help, _version];
        Check();
    }

    /// <summary>Gets the options class.</summary>
    public Type Type { get; }

    /// <summary>
    /// Gets the options in the order of their properties, with those of base classes
    /// first. <c>--help</c> and <c>--version</c>, which every table has, are last.
    /// </summary>
    public IReadOnlyList<OptionDescription> Options { get; }

    /// <summary>Gets the sub-commands.</summary>
    public IReadOnlyList<SubCommandDescription> SubCommands => [.. _subCommands.Select(each => each.Description)];

    /// <summary>Gets the operands, or null if operands are not allowed.</summary>
    public OperandsDescription? Operands { get; }

    /// <summary>Returns the table of an options class. Does not create an instance of the class.</summary>
    /// <exception cref="InvalidOperationException">The class has an invalid declaration, such as two
    /// options with the same name or an unsupported type. The message contains the property.</exception>
    public static OptionTable Of(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return new OptionTable(type);
    }

    /// <summary>Creates an instance of the options class with its defaults.</summary>
    public object CreateOptions() =>
        Activator.CreateInstance(Type, BindingFlags.Instance | BindingFlags.Public | BindingFlags.DoNotWrapExceptions, null, null, null)!;

    /// <summary>Parses a command line. Reads the arguments, then the environment variables of missing options, then runs the checks.</summary>
    /// <param name="words">The words after the command.</param>
    /// <param name="command">The command, for the hint on its help in messages; empty for no hint.</param>
    /// <param name="directory">The directory that relative paths are resolved against, or null for the current directory.</param>
    /// <exception cref="UsageException">The command line is invalid.</exception>
    public OptionReading Read(IReadOnlyList<string> words, string command, string? directory)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(command);
        var (read, operands) = new OptionReader(Options, command.Length > 0 ? $"See {command} --help." : "", static message => new UsageException(message)).Read(words);
        List<(OptionDescription Option, string Value)> given = [.. read.Select(each => ((OptionDescription)each.Option, each.Value))];
        if (given.Any(each => each.Option == _help || each.Option == _version))
            return new OptionReading(null, given.Any(each => each.Option == _help) ? OptionQuery.Help : OptionQuery.Version, this, command);
        var options = CreateOptions();
        OptionFormat format = new(directory);
        SetOptions(options, given, format);
        SetFromEnvironment(options, given, format);
        if (_subCommands.Count > 0 && operands.Length > 0)
        {
            var word = operands[0];
            if (_subCommands.FirstOrDefault(each => each.Description.Name == word) is not { Property: { } property } subCommand)
                throw new UsageException($"there is no sub-command '{word}'.{(DidYouMean.To(word, _subCommands.Select(each => each.Description.Name)) is { } nearest ? $" Did you mean '{nearest}'?" : $" There are {string.Join(", ", _subCommands.Select(each => each.Description.Name))}.")}");
            var inner = subCommand.Description.Table.Read([.. operands.Skip(1)], $"{command} {word}".TrimStart(), directory);
            if (inner.Options is null)
                return inner;
            property.SetValue(options, inner.Options);
        }
        else
        {
            SetOperands(options, operands, format);
        }

        RequireAll(given);
        (options as IPostOptions)?.PostOptions();
        return new OptionReading(options, OptionQuery.None, this, command);
    }

    private static void SetOptions(object options, IReadOnlyList<(OptionDescription Option, string Value)> given, OptionFormat format)
    {
        foreach (var same in given.GroupBy(each => each.Option))
        {
            var values = same.Select(each => each.Option.Property!.Values.Read(each.Value, "--" + each.Option.Name, "", format)).ToList();
            same.Key.Property!.Set(options, values, same.Last().Value, "--" + same.Key.Name, "");
        }
    }

    private void SetFromEnvironment(object options, IReadOnlyList<(OptionDescription Option, string Value)> given, OptionFormat format)
    {
        foreach (var option in Options.Where(option => given.All(each => each.Option != option)))
        {
            if (ValueInEnvironment(option) is not { } value)
                continue;
            var from = $" in the environment variable {option.EnvironmentVariable}";
            option.Property!.Set(options, [option.Property.Values.Read(value, "--" + option.Name, from, format)], value, "--" + option.Name, from);
        }
    }

    private void SetOperands(object options, string[] operands, OptionFormat format)
    {
        if (operands.Length > (_operands is null ? 0 : _operands.Values.IsList ? int.MaxValue : 1))
            throw new UsageException(operands[^1] is ['-', _, ..] late ? $"'{late}' comes after '{operands[0]}', but options go before it." : $"'{operands[_operands is null ? 0 : 1]}' is an unexpected argument.");
        if (_operands is null)
            return;
        if (operands.Length > 0)
            _operands.Set(options, [.. operands.Select(word => _operands.Values.Read(word, Operands!.ValueName, "", format))], operands[^1], Operands!.ValueName, "");
        else if (Operands!.Required)
            throw new UsageException($"{Operands.ValueName} ({Operands.Description}) is required.");
    }

    private void RequireAll(IReadOnlyList<(OptionDescription Option, string Value)> given)
    {
        var missing = Options.Where(option => option.Required && !IsGiven(option)).ToList();
        if (missing.Count > 0)
            throw new UsageException($"{string.Join(" and ", missing.Select(option => $"--{option.Name} {option.ValueName} ({option.Description})"))} {(missing.Count == 1 ? "is" : "are")} required.");

        bool IsGiven(OptionDescription option) => given.Any(each => each.Option == option) || ValueInEnvironment(option) is not null;
    }

    private static string? ValueInEnvironment(OptionDescription option) =>
        option.EnvironmentVariable is { } variable && Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    private static OptionDescription Describe(PropertyInfo property, OptionAttribute option)
    {
        var holder = new OptionProperty(property, option);
        return OptionDescription.Of(option, holder.Values, holder);
    }

    private void Check()
    {
        foreach (var name in Options.Select(option => option.Name).Concat(_subCommands.Select(each => each.Description.Name)).Where(name => !IsName(name)))
            throw Error($"names an option '{name}', but names are made of lower-case letters, digits and hyphens");
        if (Options.GroupBy(option => option.Name).FirstOrDefault(same => same.Count() > 1) is { Key: var twice })
            throw Error(twice is "help" or "version" ? $"names an option '--{twice}', which every plugin has already" : $"has two options with the name '--{twice}'");
        if (Options.Where(option => option.Letter is not null).GroupBy(option => option.Letter).FirstOrDefault(same => same.Count() > 1) is { } letters)
            throw Error($"has two options with the name '-{letters.Key}', {string.Join(" and ", letters.Select(option => "--" + option.Name))}");
        if (_subCommands.GroupBy(each => each.Description.Name).FirstOrDefault(same => same.Count() > 1) is { Key: var word })
            throw Error($"has two sub-commands with the name '{word}'");
        if (_subCommands.Count > 0 && _operands is not null)
            throw Error("has both sub-commands and operands, which are ambiguous");
        if (Type.GetConstructor([]) is null || Type.IsAbstract)
            throw Error("has no public constructor without parameters");
    }

    private InvalidOperationException Error(string what) => new($"The options class {Type.Name} {what}.");

    internal static bool IsName(string name) =>
        name.Length > 0 && char.IsAsciiLetterOrDigit(name[0]) && name.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-');

    private static IEnumerable<PropertyInfo> Properties(Type type) =>
        (type.BaseType is { } above && above != typeof(object) ? Properties(above) : [])
        .Concat(type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).OrderBy(property => property.MetadataToken));
}
