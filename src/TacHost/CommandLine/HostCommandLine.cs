using System.CommandLine;
using System.Globalization;
using TacHost.Logging;

namespace TacHost.CommandLine;

/// <summary>The host's own options: what they are called, what they take and what they mean. Does no work beyond reading them.</summary>
/// <remarks>The order is POSIX's: the first word that is no option is the tac file, and what follows it is not the host's.</remarks>
internal sealed class HostCommandLine
{
    private readonly Option<bool> _noDaemon = new("--nodaemon", "-n") { Description = "Stay in the foreground and log to standard output." };
    private readonly Option<string> _pidFile = new("--pidfile") { Description = "The pid file.", HelpName = "FILE", DefaultValueFactory = _ => "tachost.pid" };
    private readonly Option<string> _logFile = new("--logfile", "-l") { Description = "The log file; - is standard output, with --nodaemon only. Default: tachost.log, or - with --nodaemon.", HelpName = "FILE" };
    private readonly Option<string[]> _lib = new("--lib") { Description = "A directory in which #r looks for assemblies. May be repeated.", HelpName = "DIR", Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };
    private readonly Option<TimeSpan> _startTimeout = Seconds("--start-timeout", 60, "How long the start may take before it is given up.");
    private readonly Option<TimeSpan> _grace = Seconds("--grace", 30, "How long the stop may take before what is left is cut off.");
    private readonly Option<bool> _debug = new("--debug") { Description = "Show stack traces with errors." };
    private readonly Option<bool> _help = new("--help", "-h") { Description = "Show this text." };
    private readonly Option<bool> _version = new("--version") { Description = "Show the version." };
    private readonly RootCommand _root;

    public HostCommandLine()
    {
        _root = new RootCommand { TreatUnmatchedTokensAsErrors = false };
        _root.Options.Clear();
        foreach (Option option in (Option[])[_noDaemon, _pidFile, _logFile, _lib, _startTimeout, _grace, _debug, _help, _version])
            _root.Options.Add(option);
    }

    /// <summary>The options, in the order in which the help lists them.</summary>
    public IEnumerable<Option> Options => _root.Options;

    /// <summary>Reads a command line.</summary>
    /// <exception cref="TacHostException">It is wrong.</exception>
    public HostRequest Read(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0)
            return new HostRequest.ShowHelp();
        var (own, operands) = SplitAtFirstOperand(arguments);
        var result = _root.Parse(own, new ParserConfiguration { EnablePosixBundling = true, ResponseFileTokenReplacer = null });
        if (result.UnmatchedTokens is [var unknown, ..])
            throw Usage($"there is no option '{unknown}'. {Suggestion(unknown)}");
        if (result.Errors is [var error, ..])
            throw Usage(error.Message);
        if (result.GetValue(_help))
            return new HostRequest.ShowHelp();
        if (result.GetValue(_version))
            return new HostRequest.ShowVersion();
        return operands switch
        {
            [] => throw Usage("which tac file is to run? Name one, such as deployments/ecstasy.csx."),
            [_, ['-', ..] late, ..] => throw Usage($"options go before the tac file, and '{late}' comes after it."),
            [var tac, var extra, ..] => throw Usage($"one tac file at a time: '{extra}' comes after '{tac}'."),
            [var tac] => new HostRequest.Run(Bind(result, tac)),
        };
    }

    private HostOptions Bind(ParseResult result, string tac)
    {
        var noDaemon = result.GetValue(_noDaemon);
        var logFile = result.GetValue(_logFile) ?? (noDaemon ? "-" : "tachost.log");
        if (logFile == "-" && !noDaemon)
            throw Usage("a daemon has no standard output to log to; name a file with --logfile, or add --nodaemon.");
        return new HostOptions
        {
            TacFile = tac,
            NoDaemon = noDaemon,
            PidFile = FullPath(_pidFile, result.GetValue(_pidFile)!),
            Log = new LogOptions { File = logFile == "-" ? null : FullPath(_logFile, logFile) },
            Libraries = [.. (result.GetValue(_lib) ?? []).Select(directory => FullPath(_lib, directory))],
            StartTimeout = result.GetValue(_startTimeout),
            Grace = result.GetValue(_grace),
            Debug = result.GetValue(_debug),
        };
    }

    /// <summary>Everything up to the first word that is neither an option nor the value of one.</summary>
    private (IReadOnlyList<string> Own, IReadOnlyList<string> Operands) SplitAtFirstOperand(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var word = arguments[i];
            if (word == "--")
                return ([.. arguments.Take(i)], [.. arguments.Skip(i + 1)]);
            if (word.Length < 2 || word[0] != '-')
                return ([.. arguments.Take(i)], [.. arguments.Skip(i)]);
            if (TakesNextWord(word))
                i++;
        }

        return (arguments, []);
    }

    private bool TakesNextWord(string word)
    {
        if (word.StartsWith("--", StringComparison.Ordinal))
            return Find(word) is { } option && TakesValue(option);

        // In a bundle such as -nl, the first option that takes a value takes the rest of the word or, if that is empty, the next one.
        for (var i = 1; i < word.Length; i++)
        {
            if (Find($"-{word[i]}") is { } option && TakesValue(option))
                return i == word.Length - 1;
        }

        return false;
    }

    private Option? Find(string name) => _root.Options.FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name));

    private static bool TakesValue(Option option) => option.ValueType != typeof(bool);

    private string Suggestion(string unknown)
    {
        var name = unknown.Split('=')[0];
        return NearestWord.To(name, _root.Options.Select(option => option.Name)) is { } nearest ? $"Did you mean '{nearest}'?" : "See tachost --help.";
    }

    private static Option<TimeSpan> Seconds(string name, double value, string description) => new(name)
    {
        Description = description,
        HelpName = "SECONDS",
        DefaultValueFactory = _ => TimeSpan.FromSeconds(value),
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= 86_400)
                return TimeSpan.FromSeconds(seconds);
            result.AddError($"'{text}' cannot be the {name}, which is a number of seconds between 0 and 86400.");
            return default;
        },
    };

    private static string FullPath(Option option, string path)
    {
        try
        {
            return Path.GetFullPath(path);
        }
        catch (ArgumentException)
        {
            throw Usage($"'{path}' cannot be the {option.Name}, which is a path.");
        }
    }

    private static TacHostException Usage(string message) => new(ExitCode.Usage, message);
}
