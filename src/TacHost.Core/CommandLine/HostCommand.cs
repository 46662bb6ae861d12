namespace TacHost.CommandLine;

/// <summary>A command of the host: the one place that says how it is called, what it takes, what completion offers for it, and what it asks for.</summary>
/// <param name="Name">The first word of the command line.</param>
/// <param name="Operands">The words after it in the synopsis, such as <c>FILE...</c>; empty for none.</param>
/// <param name="Description">What it does, for help and man page.</param>
/// <param name="Read">Makes a request of the options and of the words that are no options. Returns null if it cannot do with these words.</param>
internal sealed record HostCommand(string Name, string Operands, string Description, Func<HostOptions, string[], HostRequest?> Read)
{
    /// <summary>Gets the command's own options, which stand anywhere after its name.</summary>
    public Option[] Options { get; init; } = [];

    /// <summary>Gets what completion offers for its words.</summary>
    public CommandWord Word { get; init; }

    /// <summary>Gets the words that completion offers for <see cref="CommandWord.Choice"/>.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Gets such as <c>compile FILE... [--out DIR]</c>.</summary>
    public string Synopsis =>
        string.Join(' ', [Name, .. Operands.Length > 0 ? [Operands] : Array.Empty<string>(), .. Options.Where(option => !option.IsHidden).Select(option => $"[{option.Name}{(option.ValueName is null ? "" : $" {option.ValueName}")}]")]);

    /// <summary>Reads the words after the name: options and others in any order; all after <c>--</c> are others.</summary>
    /// <exception cref="TacHostException">They are wrong.</exception>
    public HostRequest Request(HostOptions options, string[] words)
    {
        OptionReader reader = new(Options, $"See tachost --help: tachost {Synopsis}.");
        List<string> operands = [];
        while (words.Length > 0)
        {
            var (given, rest) = reader.Read(words);
            foreach (var each in given)
                options = HostCommandLine.Apply(options, each);
            if (rest.Length == 0)
                break;
            if (words.Length > rest.Length && words[^(rest.Length + 1)] == "--")
            {
                operands.AddRange(rest);
                break;
            }

            operands.Add(rest[0]);
            words = rest[1..];
        }

        return Read(options, [.. operands]) ?? throw new TacHostException(ExitCode.Usage, OneLine.Of($"'{Name}' takes other words: tachost {Synopsis}."));
    }
}

/// <summary>What completion offers for the words of a command.</summary>
internal enum CommandWord
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Tac files, and directories in which some may be.</summary>
    TacFile,

    /// <summary>The names of plugins.</summary>
    Plugin,

    /// <summary>The names of running applications.</summary>
    Running,

    /// <summary>The names of running applications, and tac files.</summary>
    RunningOrTacFile,

    /// <summary>Directories.</summary>
    Directory,

    /// <summary>Certain words.</summary>
    Choice,
}
