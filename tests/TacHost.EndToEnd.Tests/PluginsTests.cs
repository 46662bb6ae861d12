using System.Text;
using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>Plugins as their users see them: listed, asked for help, completed, run.</summary>
public sealed partial class PluginsTests
{
    private static string Contract { get; } = Program.HostDirectory;

    [Fact]
    public async Task Help_Asked_ListsPluginsSortedWithDescriptions()
    {
        await using var sandbox = new Sandbox();
        var help = await sandbox.TachostAsync("--help");
        var names = (await sandbox.TachostAsync("plugins", "--names")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToList();

        Assert.Contains(names, name => name[0] == "fastpoetry");
        Assert.Equal(names.Select(name => name[0]).Order(StringComparer.Ordinal), names.Select(name => name[0]));
        var at = 0;
        foreach (var name in names)
        {
            at = help.Output.IndexOf($"\n  {name[0]} ", at, StringComparison.Ordinal);
            Assert.True(at > 0, $"the help does not list {name[0]} in its place");
            Assert.Contains(name[1].Split(' ')[0], help.Output[at..], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task FastPoetry_Detached_ServesEachPoemAndIsStoppedByThePidFile()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("other.txt", "Another poem.\n");
        var id = await sandbox.StartDaemonAsync("fastpoetry", "--iface", "127.0.0.1", "--port", "0", "--poem", "poem.txt", "--serve", "0=other.txt");

        Assert.Equal((Sandbox.Poem, "Another poem.\n"), (Encoding.UTF8.GetString(await sandbox.FetchAsync(sandbox.Port(0))), Encoding.UTF8.GetString(await sandbox.FetchAsync(sandbox.Port(1)))));
        Assert.Contains($"fastpoetry is running as process {id}", sandbox.Log, StringComparison.Ordinal);
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.EndsWith("Server Shut Down.\n", sandbox.Log, StringComparison.Ordinal);
        Assert.False(File.Exists(sandbox.PidFile));
    }

    [Fact]
    public async Task FastPoetry_InAnotherRunDirectory_FindsThePoemWhereItWasNamed()
    {
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("run"));
        using var process = sandbox.Start("--nodaemon", "--rundir", "run", "fastpoetry", "-p0", "--poem=poem.txt", "--iface=127.0.0.1");
        await Until.SaidAsync(process, "is running");

        Assert.Equal(sandbox.PathOf("run"), Proc.WorkingDirectory(process.Id));
        Assert.Equal(Sandbox.Poem, Encoding.UTF8.GetString(await sandbox.FetchAsync(Proc.PortOf(process.Id))));
    }

    [Fact]
    public async Task Help_OfAPlugin_ShowsOptionsWithDefaultsAlsoWhileItRuns()
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync("fastpoetry", "-p0", "--poem=poem.txt");
        var help = await sandbox.TachostAsync("fastpoetry", "--help");

        Assert.Equal((0, ""), (help.ExitCode, help.Error));
        Assert.StartsWith("Usage: tachost [host options] fastpoetry [options]\n", help.Output, StringComparison.Ordinal);
        Assert.Matches(@"-p, --port PORT +The port .*\n? *.*Default: 10000\.", help.Output);
        Assert.Contains("Default: localhost.", help.Output, StringComparison.Ordinal);
        Assert.All(help.Output.Split('\n'), line => Assert.True(line.Length <= 100, line));
        Assert.Contains(".B \\-p, \\-\\-port PORT", (await sandbox.TachostAsync("manpage", "fastpoetry")).Output, StringComparison.Ordinal);
        Assert.Matches(@"^fastpoetry \d+\.\d+\.\d+, /.*FastPoetry\.Services\.dll\n$", (await sandbox.TachostAsync("fastpoetry", "--version")).Output);
        Assert.Equal(64, (await sandbox.TachostAsync("manpage", "fastpoerty")).ExitCode);
    }

    [Fact]
    public async Task Script_CopiedFromTheDocumentation_IsListedCompletedExplainedAndServes()
    {
        await using var sandbox = new Sandbox();
        var script = ScriptOfThePage().Match(await File.ReadAllTextAsync(Path.Combine(Program.Root, "docs", "plugins.md"), TestContext.Current.CancellationToken)).Groups["script"].Value;
        Assert.InRange(script.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 20, 40);
        Directory.CreateDirectory(sandbox.PathOf("plugins"));
        sandbox.Write("plugins/hello.csx", script);

        Assert.Contains("hello", (await sandbox.TachostAsync("plugins")).Output, StringComparison.Ordinal);
        Assert.Contains("--greeting TEXT", (await sandbox.TachostAsync("hello", "--help")).Output, StringComparison.Ordinal);
        Assert.Equal("hello \n", await CompleteAsync(sandbox, "hel"));
        Assert.Equal("--greeting \n", await CompleteAsync(sandbox, "-n", "hello", "--g"));
        var id = await sandbox.StartDaemonAsync("hello", "-p", "0", "--loud", "--greeting", "good morning");
        Assert.Equal("GOOD MORNING\n", Encoding.UTF8.GetString(await sandbox.FetchAsync()));
        Assert.DoesNotContain("Microsoft.CodeAnalysis", await File.ReadAllTextAsync($"/proc/{id}/maps", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var bad = await sandbox.TachostAsync("hello", "--prot", "1");
        Assert.Equal(new Outcome(64, "", "tachost: hello: there is no option '--prot'. Did you mean '--port'?\n"), bad);
    }

    [Fact]
    public async Task Script_CompiledInTheForeground_LeavesTheCompilerBehind()
    {
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("plugins"));
        sandbox.Write("plugins/quiet.csx", "using TacHost.Services.Plugins;\n" + PluginAssembly.Source("quiet").Replace("using TacHost.Services;", "", StringComparison.Ordinal).Replace("[assembly: System.Reflection.AssemblyInformationalVersion(\"3.2.1\")]", "", StringComparison.Ordinal));
        using var process = sandbox.Start("--nodaemon", "quiet");
        await Until.SaidAsync(process, "is running");

        Assert.DoesNotContain("Microsoft.CodeAnalysis", await File.ReadAllTextAsync($"/proc/{process.Id}/maps", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fastpoerty", "unknown command, plugin or file 'fastpoerty'. Did you mean 'fastpoetry'?")]
    [InlineData("plugin", "Did you mean 'plugins'?")]
    [InlineData("poem", "Did you mean 'poem.csx'?")]
    [InlineData("frobnicator-of-things", "See tachost --help.")]
    public async Task Name_OfNoPlugin_IsOneLineWithTheNearest(string name, string said)
    {
        await using var sandbox = new Sandbox();
        sandbox.WriteTac("poem.csx");
        var outcome = await sandbox.TachostAsync(name, "--port", "1");

        Assert.Equal((64, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
        Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(sandbox.Processes());
    }

    [Fact]
    public async Task Plugins_OfOneName_AreShadowedByTheFirstDirectory()
    {
        await using var sandbox = new Sandbox();
        sandbox.Environment["TACHOST_PLUGINS"] = sandbox.PathOf("second");
        sandbox.Environment["XDG_DATA_HOME"] = sandbox.PathOf("data");
        foreach (var directory in (string[])["first", "second", "plugins", "data/tachost/plugins"])
        {
            Directory.CreateDirectory(sandbox.PathOf(directory));
            PluginAssembly.Compile(sandbox.PathOf($"{directory}/Same.dll"), PluginAssembly.Source("same"), Contract);
        }

        var list = (await sandbox.TachostAsync("--plugins", "first", "plugins")).Output;
        Assert.Equal(["--plugins ok", "TACHOST_PLUGINS shadowed", "./plugins shadowed", "user shadowed"], SameLine().Matches(list).Select(match => $"{match.Groups["origin"].Value} {match.Groups["state"].Value}"));
        Assert.Contains(sandbox.PathOf("first/Same.dll"), (await sandbox.TachostAsync("--plugins", "first", "same", "--version")).Output, StringComparison.Ordinal);
        Assert.Contains(sandbox.PathOf("second/Same.dll"), (await sandbox.TachostAsync("same", "--version")).Output, StringComparison.Ordinal);
        var why = await sandbox.TachostAsync("plugins", "--why", "same");
        Assert.Equal(0, why.ExitCode);
        Assert.Contains($"{sandbox.PathOf("plugins/Same.dll")} is shadowed by {sandbox.PathOf("second/Same.dll")}", why.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Directory_ThatOthersCanWriteTo_IsPassedOverUnlessNamed()
    {
        await using var sandbox = new Sandbox();
        var directory = Directory.CreateDirectory(sandbox.PathOf("plugins"));
        PluginAssembly.Compile(sandbox.PathOf("plugins/Open.dll"), PluginAssembly.Source("open"), Contract);
        Assert.Equal(0, (await sandbox.TachostAsync("open", "--version")).ExitCode);
        File.SetUnixFileMode(directory.FullName, File.GetUnixFileMode(directory.FullName) | UnixFileMode.OtherWrite);
        sandbox.Environment["TACHOST_TRUST"] = "";

        var outcome = await sandbox.TachostAsync("open", "--version");
        Assert.Equal(64, outcome.ExitCode);
        var isRoot = Environment.UserName == "root";
        Assert.Contains($"'{directory.FullName}' is ignored, because {(isRoot ? "root does not look for plugins in the working directory" : "others can write to")}", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(isRoot ? 64 : 0, (await sandbox.TachostAsync("--plugins", "plugins", "open", "--version")).ExitCode);
        sandbox.Environment["TACHOST_TRUST"] = sandbox.Directory;
        Assert.Equal(0, (await sandbox.TachostAsync("--plugins", "plugins", "open", "--version")).ExitCode);
    }

    [Fact]
    public async Task List_OfTwoHundred_LoadsNoneAndOpensNoneWhenKnown()
    {
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("plugins"));
        sandbox.Environment["TACHOST_TEST_LOADED"] = sandbox.PathOf("loaded");
        PluginAssembly.Compile(
            sandbox.PathOf("plug000.dll"),
            PluginAssembly.Source("plug000", rest: """
                static class Loaded
                {
                    [System.Runtime.CompilerServices.ModuleInitializer]
                    internal static void Write() => System.IO.File.AppendAllText(Environment.GetEnvironmentVariable("TACHOST_TEST_LOADED")!, "loaded\n");
                }
                """),
            Contract);
        for (var i = 0; i < 200; i++)
            PluginAssembly.Patch(sandbox.PathOf("plug000.dll"), sandbox.PathOf($"plugins/plug{i:000}.dll"), "plug000", $"plug{i:000}");

        Assert.Equal(200, PlugLine().Count((await sandbox.TachostAsync("plugins")).Output));
        Assert.Equal(200, PlugLine().Count((await sandbox.TachostAsync("--help")).Output));
        Assert.Contains("--port\t-p\tPort", (await sandbox.TachostAsync("plugins", "--options", "plug123")).Output, StringComparison.Ordinal);
        Assert.False(File.Exists(sandbox.PathOf("loaded")));

        Assert.SkipUnless(Program.IsInstalled("strace"), "strace is not installed");
        var traced = await sandbox.RunAsync("strace", "-f", "-e", "trace=open,openat", "-o", "trace", Program.Tachost, "plugins");
        Assert.Equal((0, 200), (traced.ExitCode, PlugLine().Count(traced.Output)));
        Assert.DoesNotContain("plugins/plug", await File.ReadAllTextAsync(sandbox.PathOf("trace"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        await sandbox.RunAsync("strace", "-f", "-e", "trace=open,openat", "-o", "trace", Program.Tachost, "plug123", "--version");
        Assert.Equal(["plugins/plug123.dll"], Regex.Matches(await File.ReadAllTextAsync(sandbox.PathOf("trace"), TestContext.Current.CancellationToken), @"plugins/plug\d+\.dll").Select(match => match.Value).Distinct());
    }

    private static async Task<string> CompleteAsync(Sandbox sandbox, params string[] words)
    {
        sandbox.Write("completion", (await sandbox.TachostAsync("completion", "bash")).Output);
        const string complete = "source ./completion; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _tachost; printf '%s ' \"${COMPREPLY[@]}\"; echo";
        return (await sandbox.RunAsync("bash", ["-c", complete, "bash", Program.Tachost, .. words])).Output;
    }

    [GeneratedRegex(@"```csharp[^\n]*\n(?<script>using TacHost\.Services\.Plugins;\n.*?)```", RegexOptions.Singleline)]
    private static partial Regex ScriptOfThePage();

    [GeneratedRegex(@"^same +3\.2\.1 +(?<origin>\S+) +(?<state>\S+) +The plugin same\.$", RegexOptions.Multiline)]
    private static partial Regex SameLine();

    [GeneratedRegex(@"^ *plug\d\d\d .*The plugin plug\d\d\d\.$", RegexOptions.Multiline)]
    private static partial Regex PlugLine();
}
