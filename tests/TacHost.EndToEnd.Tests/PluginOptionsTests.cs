using System.Collections.Concurrent;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>Bad values for every type of option of the plugins that come with the host, those included that are added later.</summary>
public sealed class PluginOptionsTests
{
    /// <summary>What no option of a type takes. What is not here is a type of a plugin's own, or an enum.</summary>
    private static readonly Dictionary<string, string?> _bad = new()
    {
        ["flag"] = "yes",
        ["String"] = null,
        ["Port"] = "65536",
        ["ExistingFile"] = "/nowhere/at/all",
        ["ExistingDirectory"] = "/nowhere/at/all",
        ["FilePath"] = "",
        ["TimeSpan"] = "soon",
        ["ByteSize"] = "big",
        ["Iface"] = "two words",
        ["Uri"] = "/no url",
        ["KeyValuePair`2"] = "no sign of equality",
    };

    [Fact]
    public async Task Options_OfEveryTypeInShippedPlugins_RefuseBadValuesInOneLine()
    {
        await using var sandbox = new Sandbox();
        sandbox.Environment["XDG_DATA_HOME"] = sandbox.PathOf("none");
        var plugins = await ColumnsAsync(sandbox, "plugins", "--names");
        Assert.NotEmpty(plugins);
        ConcurrentBag<string> wrong = [];
        HashSet<string> kinds = [];
        var tried = 0;
        foreach (var plugin in plugins.Select(columns => columns[0]))
        {
            var options = await ColumnsAsync(sandbox, "plugins", "--options", plugin);
            var mistakes = options.Where(option => option[2] != "command").SelectMany(option => Mistakes(option, kinds)).Append(["--no-such-option"]).ToList();
            await Parallel.ForEachAsync(mistakes, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken }, async (words, _) =>
            {
                Interlocked.Increment(ref tried);
                var outcome = await sandbox.TachostAsync([plugin, .. words]);
                var isOneLine = outcome.Error.Split('\n') is [var line, ""] && line.StartsWith($"tachost: {plugin}: ", StringComparison.Ordinal) && line.Contains(words[0].Split('=')[0], StringComparison.Ordinal);
                if ((outcome.ExitCode, outcome.Output, isOneLine) != (64, "", true))
                    wrong.Add($"tachost {plugin} {string.Join(' ', words)}: {outcome}");
            });
        }

        Assert.Empty(wrong);
        Assert.True(tried > 5);
        Assert.Empty(sandbox.Processes());
        Assert.False(File.Exists(sandbox.PidFile) || File.Exists(sandbox.PathOf("tachost.log")));
    }

    [Fact]
    public async Task Option_WrongInTheForeground_IsRefusedAsForADaemon()
    {
        await using var sandbox = new Sandbox();
        Outcome expected = new(64, "", "tachost: fastpoetry: --port: 'many' is not a port between 0 and 65535.\n");
        Assert.Equal(expected, await sandbox.TachostAsync("fastpoetry", "--port", "many"));
        Assert.Equal(expected, await sandbox.TachostAsync("-n", "fastpoetry", "--port", "many"));
    }

    /// <summary>The first option of each type, as the last word without its value, and with a value that it does not take. One reader serves all options.</summary>
    private static IEnumerable<string[]> Mistakes(string[] option, HashSet<string> kinds)
    {
        var (name, kind, choices) = (option[0], option[2], option[3]);
        if (!kinds.Add($"{kind} {choices}"))
            yield break;
        if (kind != "flag")
            yield return [name];
        if (choices != "-")
            yield return [$"{name}=no such choice"];
        else if (!_bad.TryGetValue(kind, out var value))
            yield return [$"{name}=nothing of the kind!"];
        else if (value is not null)
            yield return [$"{name}={value}"];
    }

    private static async Task<List<string[]>> ColumnsAsync(Sandbox sandbox, params string[] words)
    {
        var outcome = await sandbox.TachostAsync(words);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        return [.. outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))];
    }
}
