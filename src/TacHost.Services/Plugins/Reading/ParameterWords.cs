namespace TacHost.Services.Plugins.Reading;

/// <summary>The arguments after a tac file, from which each parameter takes its value when the tac file requests it.</summary>
/// <remarks>A value that begins with <c>--</c> is written <c>--name=VALUE</c>, because the options are known only when the tac file requests them.</remarks>
internal sealed class ParameterWords
{
    private readonly string?[] _options;

    public ParameterWords(IReadOnlyList<string> words)
    {
        var end = words.TakeWhile(word => word != "--").Count();
        _options = [.. words.Take(end)];
        Arguments = [.. words.Skip(end + 1)];
    }

    /// <summary>Gets the arguments after <c>--</c>.</summary>
    public IReadOnlyList<string> Arguments { get; }

    /// <summary>Takes the values of an option; for a flag <c>yes</c> or <c>no</c>.</summary>
    /// <exception cref="UsageException">The option lacks its value.</exception>
    public IReadOnlyList<string> Take(string name, bool isFlag)
    {
        List<string> values = [];
        for (var i = 0; i < _options.Length; i++)
        {
            var word = _options[i];
            if (word is not null && word.StartsWith($"--{name}=", StringComparison.Ordinal))
            {
                values.Add(word[(name.Length + 3)..]);
            }
            else if (isFlag && (word == "--" + name || word == "--no-" + name))
            {
                values.Add(word == "--" + name ? "yes" : "no");
            }
            else if (word == "--" + name)
            {
                if (i + 1 == _options.Length || _options[i + 1] is null or ['-', '-', ..])
                    throw new UsageException($"--{name} needs a value: --{name} VALUE, or --{name}=VALUE.");
                _options[i] = null;
                values.Add(_options[++i]!);
            }
            else
            {
                continue;
            }

            _options[i] = null;
        }

        return values;
    }

    /// <summary>Returns the words that no option took, without their values.</summary>
    public IEnumerable<string> Unused() => _options.OfType<string>().Select(word => word is ['-', '-', ..] ? word.Split('=', 2)[0] : word);
}
