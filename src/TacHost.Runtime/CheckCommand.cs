using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using TacHost.Checking;
using TacHost.CommandLine;
using TacHost.Services;

namespace TacHost;

/// <summary>The command <c>tachost check</c>.</summary>
internal sealed partial class CheckCommand(HostOptions options, IReadOnlyList<string> files)
{
    private static readonly JsonSerializerOptions _format = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The names of the parameters of all files, which are evaluated for them only if one of the files does not have a given parameter.</summary>
    private Lazy<HashSet<string>> _parameters = new();

    /// <summary>The names of the applications, and their files.</summary>
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    private readonly TreeChecks _checks = new(Path.GetFullPath(options.RunDirectory ?? "."), new RunningAddresses(files));

    /// <summary>Checks all files, even after a failure. Returns the exit code for the first file with a mistake.</summary>
    /// <param name="prepared">The prepared files, in the order of their names.</param>
    public int Run(IReadOnlyList<PreparedApplication> prepared)
    {
        _parameters = new(() => [.. files.Zip(prepared).SelectMany(each => ParametersOf(each.First, ((PreparedApplication.Checked)each.Second).Subject))]);
        List<Result> results = [.. files.Zip(prepared, (file, each) => Check(file, (PreparedApplication.Checked)each))];
        Print(results);
        return results.Find(each => each.ExitCode != ExitCode.Success)?.ExitCode ?? ExitCode.Success;
    }

    private Result Check(string file, PreparedApplication.Checked prepared)
    {
        var blocking = prepared.Subject is PreparedApplication.Failure ? [] : prepared.Findings;
        try
        {
            var tree = BuiltTree.Of(options, file, prepared.Subject, name => files.Count > 1 && _parameters.Value.Contains(name));
            IReadOnlyList<Finding> all = [.. blocking, .. Identity(tree.Application).Select(each => TreeChecks.At(tree.Root, each)), .. _checks.Of(file, tree.Root), .. NameOf(file, tree), .. EffectsOf(file, prepared.Subject)];
            return new Result(file, all, [.. all.Select(each => each.ToString())], all.Count == 0 ? ExitCode.Success : all[0].ExitCode);
        }
        catch (TacHostException e)
        {
            var known = prepared.Subject is PreparedApplication.Failure ? prepared.Findings : e.Findings;
            return new Result(file, [.. blocking, .. known.Count > 0 ? known : [Finding.Of(e)]], [.. blocking.Select(each => each.ToString()), e.TextWith(options.Debug)], e.ExitCode);
        }
    }

    /// <summary>Returns the mistake if a previously checked file has an application of the same name.</summary>
    private IEnumerable<Finding> NameOf(string file, BuiltTree tree)
    {
        var name = tree.Root.Name;
        if (!_names.TryAdd(name, file))
            yield return TreeChecks.At(tree.Root, new Finding("name", $"the application has the name '{name}', as that of '{_names[name]}' has. Commands such as 'tachost stop {name}' could not tell them apart"));
    }

    /// <summary>Returns the names of the parameters of a file. Evaluates its top level.</summary>
    private IEnumerable<string> ParametersOf(string file, PreparedApplication prepared)
    {
        try
        {
            return prepared is PreparedApplication.Tac tac ? TacApplicationSources.List(options, file, tac).Parameters.Options.Select(option => option.Name) : [];
        }
        catch (TacHostException)
        {
            // The check of this file reports the reason.
            return [];
        }
    }

    /// <summary>Returns the changes of the process by the top level.</summary>
    private static IEnumerable<Finding> EffectsOf(string file, PreparedApplication prepared) => prepared is PreparedApplication.Tac tac ? tac.Code.Effects.Select(effect => EffectOf(file, tac.Files[0].Path, effect)) : [];

    private static Finding EffectOf(string file, string path, string text)
    {
        var place = Effect().Match(text);
        return new Finding("effect", $"{place.Groups["what"].Value} at the top level, which changes the process. A reload refuses this: do it in the start of a service")
        {
            File = place.Groups["file"].Value == path ? file : SourceLine.Shortened(place.Groups["file"].Value),
            Line = int.Parse(place.Groups["line"].Value, CultureInfo.InvariantCulture),
            Column = int.Parse(place.Groups["column"].Value, CultureInfo.InvariantCulture),
            ExitCode = ExitCode.BadTac,
        };
    }

    [GeneratedRegex(@"^(?<file>.*)\((?<line>\d+),(?<column>\d+)\) (?<what>.*)$", RegexOptions.Singleline)]
    private static partial Regex Effect();

    /// <summary>Checks the user and the group that the process would switch to.</summary>
    private IEnumerable<Finding> Identity(Application application)
    {
        var user = options.User ?? application.Uid?.ToString(CultureInfo.InvariantCulture);
        var group = options.Group ?? application.Gid?.ToString(CultureInfo.InvariantCulture);
        if (user is not null && AccountFault.OfUser(user, group is not null) is { } ofUser)
            yield return new Finding("user", $"the application '{application.Name}' runs as the user '{user}', {ofUser}") { ExitCode = ExitCode.NoUser };
        if (group is not null && AccountFault.OfGroup(group) is { } ofGroup)
            yield return new Finding("group", $"the application '{application.Name}' runs with the group '{group}', {ofGroup}") { ExitCode = ExitCode.NoUser };
    }

    private void Print(List<Result> results)
    {
        if (options.Command.Json)
        {
            Terminal.Write(JsonSerializer.Serialize(results.Select(each => new { file = each.File, ok = each.Findings.Count == 0, exitCode = each.ExitCode, mistakes = each.Findings.Select(Shape) }), _format) + "\n");
            return;
        }

        foreach (var (file, _, texts, _) in results)
        {
            Terminal.Write(texts.Count == 0 ? $"{file}: nothing found\n" : $"{file}:\n");
            foreach (var text in texts)
                Terminal.Write($"  {SingleLine.EscapeLines(text).Replace("\n", "\n  ", StringComparison.Ordinal)}\n");
        }
    }

    private static object Shape(Finding finding) => new
    {
        rule = finding.Rule,
        message = finding.Message,
        file = finding.File,
        line = finding.Line == 0 ? (int?)null : finding.Line,
        column = finding.Column == 0 ? (int?)null : finding.Column,
        service = finding.Service,
    };

    /// <summary>The result for a file.</summary>
    /// <param name="File">The file, as the user wrote it.</param>
    /// <param name="Findings">The mistakes, for programs.</param>
    /// <param name="Texts">The mistakes, for people.</param>
    /// <param name="ExitCode">The exit code.</param>
    private sealed record Result(string File, IReadOnlyList<Finding> Findings, IReadOnlyList<string> Texts, int ExitCode);
}
