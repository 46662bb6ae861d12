namespace TacHost.CommandLine;

/// <summary>A command of the host: its name, operands, completion and request are defined only here.</summary>
/// <param name="Name">The first word of the command line.</param>
/// <param name="Operands">The operands in the synopsis, such as <c>FILE...</c>, or empty.</param>
/// <param name="Description">The description for the help and the man page.</param>
/// <param name="Read">Creates a request from the options and the operands. Returns null if the operands are invalid.</param>
internal sealed record HostCommand(string Name, string Operands, string Description, Func<HostOptions, string[], HostRequest?> Read)
{
    /// <summary>Gets the command's own options, which may appear anywhere after its name.</summary>
    public Option[] Options { get; init; } = [];

    /// <summary>Gets the kind of completion for the operands.</summary>
    public CommandWord Word { get; init; }

    /// <summary>Gets the words that completion offers for <see cref="CommandWord.Choice"/>.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Gets the synopsis, such as <c>compile FILE... [--out DIR]</c>.</summary>
    public string Synopsis =>
        string.Join(' ', [Name, .. Operands.Length > 0 ? [Operands] : Array.Empty<string>(), .. Options.Where(option => !option.IsHidden).Select(option => $"[{option.Name}{(option.ValueName is null ? "" : $" {option.ValueName}")}]")]);

    /// <summary>Parses the arguments after the name. Options and operands may be mixed; all arguments after <c>--</c> are operands.</summary>
    /// <exception cref="TacHostException">The arguments are invalid.</exception>
    public HostRequest Request(HostOptions options, string[] words)
    {
        var reader = Option.Reader(Options, $"See tachost --help: tachost {Synopsis}.");
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

        return Read(options, [.. operands]) ?? throw new TacHostException(ExitCode.Usage, SingleLine.Escape($"'{Name}' takes other words: tachost {Synopsis}."));
    }
}

/// <summary>The kind of completion for the operands of a command.</summary>
internal enum CommandWord
{
    None,

    TacFile,

    Plugin,

    Running,

    RunningOrTacFile,

    Directory,

    Choice,
}
