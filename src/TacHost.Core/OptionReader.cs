namespace TacHost;

/// <summary>A parser for options like getopt_long(3) in POSIX mode: parsing stops at the first non-option argument or at <c>--</c>.</summary>
/// <remarks>
/// Serves the host and the plugins. Short options can be bundled. A value can be joined to its option or follow it. A long name can be abbreviated to a unique prefix.
/// The code consists of plain loops, because it runs in every start: each first use of a generic method costs 0.1 ms (ADR 10).
/// </remarks>
/// <param name="options">The known options.</param>
/// <param name="help">A sentence that refers to further help, or an empty text.</param>
/// <param name="error">Makes the exception for an invalid command line from its message.</param>
internal sealed class OptionReader(IReadOnlyList<IOption> options, string help, Func<string, Exception> error)
{
    private const string No = "--no-";

    private List<(IOption, string)> _given = [];
    private IReadOnlyList<string> _words = [];
    private int _next;

    /// <summary>Returns the given options in order, with their values (for a flag <c>yes</c> or <c>no</c>), and the operands after them.</summary>
    /// <exception cref="Exception">An option is unknown, or its value is missing.</exception>
    public (IReadOnlyList<(IOption Option, string Value)> Given, string[] Operands) Read(IReadOnlyList<string> words)
    {
        (_given, _words, _next) = ([], words, 0);
        while (_next < words.Count && words[_next] is ['-', _, ..] word)
        {
            _next++;
            if (word == "--")
                break;
            if (word[1] == '-')
                ReadLong(word);
            else
                ReadBundle(word);
        }

        var operands = new string[words.Count - _next];
        for (var i = 0; i < operands.Length; i++)
            operands[i] = words[_next + i];
        return (_given, operands);
    }

    private void ReadLong(string word)
    {
        var equals = word.AsSpan().IndexOf('=');
        var (option, isOpposite) = FindLong(equals < 0 ? word : word[..equals]);
        if (equals >= 0)
            _given.Add((option, option.ValueName is null ? throw error($"{option.LongName} does not take a value: '{word}'.") : word[(equals + 1)..]));
        else
            _given.Add((option, isOpposite ? "no" : option.ValueName is null ? "yes" : NextWord(option, option.LongName)));
    }

    private void ReadBundle(string word)
    {
        for (var i = 1; i < word.Length; i++)
        {
            var option = FindShort(word[i]) ?? throw error($"there is no option '-{word[i]}'{(word.Length > 2 ? $" as in '{word}'" : "")}.{Hint(help)}");
            if (option.ValueName is not null)
            {
                _given.Add((option, i + 1 < word.Length ? word[(i + 1)..] : NextWord(option, $"-{word[i]}")));
                return;
            }

            _given.Add((option, "yes"));
        }
    }

    private string NextWord(IOption option, string name)
    {
        if (option.IsValueOptional)
            return _next < _words.Count && option.IsValue(_words[_next]) ? _words[_next++] : "";
        return _next < _words.Count ? _words[_next++] : throw error($"{name} needs a value: {name} {option.ValueName}.");
    }

    private IOption? FindShort(char letter)
    {
        foreach (var option in options)
        {
            if (option.Letter == letter)
                return option;
        }

        return null;
    }

    private (IOption Option, bool IsOpposite) FindLong(string name)
    {
        foreach (var option in options)
        {
            if (option.LongName == name || option.Alias == name)
                return (option, false);
        }

        foreach (var option in options)
        {
            if (option.HasOpposite && name.Length == option.LongName.Length + 3 && name.StartsWith(No, StringComparison.Ordinal) && name.AsSpan(No.Length).SequenceEqual(option.LongName.AsSpan(2)))
                return (option, true);
        }

        var starting = options.Where(option => name.Length > 2 && option.LongName.StartsWith(name, StringComparison.Ordinal)).ToList();
        return starting switch
        {
            [var only] => (only, false),
            [_, _, ..] => throw error($"'{name}' is ambiguous: {string.Join(" or ", starting.Select(option => option.LongName))}."),
            _ => throw error($"there is no option '{name}'.{Hint(DidYouMean.To(name, options.Select(option => option.LongName)) is { } nearest ? $"Did you mean '{nearest}'?" : help)}"),
        };
    }

    private static string Hint(string text) => text.Length > 0 ? $" {text}" : "";
}
