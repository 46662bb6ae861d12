namespace TacHost.CommandLine;

/// <summary>A parser for options like getopt_long(3) in POSIX mode: parsing stops at the first non-option argument or at <c>--</c>.</summary>
/// <remarks>
/// Short options can be bundled. A value can be joined to its option or follow it. A long name can be abbreviated to a unique prefix.
/// The code consists of plain loops, because it runs in every start: each first use of a generic method costs 0.1 ms (ADR 10).
/// </remarks>
/// <param name="options">The known options.</param>
/// <param name="help">A sentence that refers to further help.</param>
internal sealed class OptionReader(Option[] options, string help = "See tachost --help.")
{
    /// <summary>Parses the options with their values, in order, and the operands after them.</summary>
    /// <exception cref="TacHostException">An option is unknown, or its value is missing.</exception>
    public (IReadOnlyList<(Option Option, string Value)> Given, string[] Operands) Read(string[] words)
    {
        List<(Option, string)> given = [];
        var next = 0;
        while (next < words.Length && words[next] is ['-', _, ..] word)
        {
            next++;
            if (word == "--")
                break;
            if (word.StartsWith("--", StringComparison.Ordinal))
                ReadLong(word);
            else
                ReadBundle(word);
        }

        return (given, words[next..]);

        void ReadLong(string word)
        {
            var equals = word.AsSpan().IndexOf('=');
            var option = FindLong(equals < 0 ? word : word[..equals]);
            if (equals >= 0 && !option.TakesValue)
                throw Wrong($"{option.Name} takes no value, and '{word}' gives it one.");
            given.Add((option, equals >= 0 ? word[(equals + 1)..] : option.TakesValue ? ValueOf(option, option.Name) : ""));
        }

        void ReadBundle(string word)
        {
            for (var i = 1; i < word.Length; i++)
            {
                var option = FindShort(word[i])
                    ?? throw Wrong($"there is no option '-{word[i]}'{(word.Length > 2 ? $" as in '{word}'" : "")}. {help}");
                if (!option.TakesValue)
                {
                    given.Add((option, ""));
                    continue;
                }

                given.Add((option, i + 1 < word.Length ? word[(i + 1)..] : ValueOf(option, $"-{word[i]}")));
                return;
            }
        }

        string ValueOf(Option option, string name)
        {
            if (option.IsValueOptional)
                return next < words.Length && option.IsValue(words[next]) ? words[next++] : "";
            return next < words.Length ? words[next++] : throw Wrong($"{name} is the last word, and needs a value: {name} {option.ValueName}.");
        }
    }

    private Option? FindShort(char name)
    {
        foreach (var option in options)
        {
            if (option.Short == name)
                return option;
        }

        return null;
    }

    private Option FindLong(string name)
    {
        foreach (var option in options)
        {
            if (option.Name == name || option.Alias == name)
                return option;
        }

        var starting = options.Where(option => option.Name.StartsWith(name, StringComparison.Ordinal)).ToList();
        return starting switch
        {
            [var only] when name.Length > 2 => only,
            [_, _, ..] => throw Wrong($"'{name}' may be {string.Join(" or ", starting.Select(option => option.Name))}. Write one of them out."),
            _ => throw Wrong($"there is no option '{name}'. {(DidYouMean.To(name, options.Select(option => option.Name)) is { } nearest ? $"Did you mean '{nearest}'?" : help)}"),
        };
    }

    private static TacHostException Wrong(string message) => new(ExitCode.Usage, OneLine.Of(message));
}
