namespace TacHost.Services.Plugins.Reading;

/// <summary>
/// A splitter for the words of a command line, like getopt_long(3) in its POSIX mode. Parsing stops at the first non-option argument or at <c>--</c>.
/// </summary>
/// <remarks>
/// Short options can be bundled. A value can be joined to its option or follow it. A long
/// name can be abbreviated if the abbreviation is unique. A flag has an opposite.
/// </remarks>
internal sealed class OptionWords(IReadOnlyList<OptionDescription> options, string command)
{
    private const string No = "--no-";

    private readonly List<(OptionDescription, string)> _given = [];
    private IReadOnlyList<string> _words = [];
    private int _next;

    /// <summary>Returns the given options in order, with their values (for a flag <c>yes</c> or <c>no</c>), and the operands.</summary>
    /// <exception cref="UsageException">An option is unknown, or its value is missing.</exception>
    public (IReadOnlyList<(OptionDescription Option, string Value)> Given, IReadOnlyList<string> Operands) Split(IReadOnlyList<string> words)
    {
        _words = words;
        while (_next < words.Count && words[_next] is ['-', _, ..] word)
        {
            _next++;
            if (word == "--")
                break;
            if (word.StartsWith("--", StringComparison.Ordinal))
                SplitLong(word);
            else
                SplitBundle(word);
        }

        return (_given, [.. words.Skip(_next)]);
    }

    private void SplitLong(string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var (option, isOpposite) = FindLong(equals < 0 ? word : word[..equals]);
        if (option.ValueName is null)
        {
            _given.Add(equals < 0 ? (option, isOpposite ? "no" : "yes") : throw new UsageException($"--{option.Name} takes no value, and '{word}' gives it one."));
            return;
        }

        _given.Add((option, equals < 0 ? NextWord(option, "--" + option.Name) : word[(equals + 1)..]));
    }

    private void SplitBundle(string word)
    {
        for (var i = 1; i < word.Length; i++)
        {
            var option = options.FirstOrDefault(option => option.Letter == word[i])
                ?? throw new UsageException($"there is no option '-{word[i]}'{(word.Length > 2 ? $" as in '{word}'" : "")}.{SeeHelp}");
            if (option.ValueName is not null)
            {
                _given.Add((option, i + 1 < word.Length ? word[(i + 1)..] : NextWord(option, $"-{word[i]}")));
                return;
            }

            _given.Add((option, "yes"));
        }
    }

    private string NextWord(OptionDescription option, string name) =>
        _next < _words.Count ? _words[_next++] : throw new UsageException($"{name} is the last word, and needs a value: {name} {option.ValueName}.");

    private (OptionDescription Option, bool IsOpposite) FindLong(string name)
    {
        if (options.FirstOrDefault(option => "--" + option.Name == name) is { } exact)
            return (exact, false);
        if (options.FirstOrDefault(option => option.IsFlag && No + option.Name == name) is { } opposite)
            return (opposite, true);
        List<OptionDescription> starting = name.Length > 2 ? [.. options.Where(option => ("--" + option.Name).StartsWith(name, StringComparison.Ordinal))] : [];
        return starting switch
        {
            [var only] => (only, false),
            [_, _, ..] => throw new UsageException($"'{name}' may be {string.Join(" or ", starting.Select(option => "--" + option.Name))}. Write one of them out."),
            _ => throw new UsageException($"there is no option '{name}'.{(DidYouMean.To(name, options.Select(option => "--" + option.Name)) is { } nearest ? $" Did you mean '{nearest}'?" : SeeHelp)}"),
        };
    }

    private string SeeHelp => command.Length > 0 ? $" See {command} --help." : "";
}
