using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>Each way to break a plugin has its message, and leaves the rest working.</summary>
public sealed class BrokenPluginsTests
{
    private static string Contract { get; } = Program.HostDirectory;

    /// <summary>What is broken: how it is made, its exit code when it is run, what is said, and whether the list knows without loading it.</summary>
    public static TheoryData<string, int, string, bool> Ways => new()
    {
        { "garbage", 65, "garbage.dll' is not an assembly of .NET, or a damaged one: ", true },
        { "foreign", 65, "and this machine is ", true },
        { "lonely", 65, "needs Companion 0.0.0.0, and there is no 'Companion.dll' beside it", true },
        { "newer", 65, "needs Microsoft.Extensions.Logging.Abstractions 99.0.0.0, and the host, which shares its own with plugins, has 10.", true },
        { "twins", 65, "its options class has two options with the name '--port'", true },
        { "completion", 65, "its name is that of a command of the host, 'tachost completion'", true },
        { "Upper", 65, "'Upper' cannot be the name of a plugin", true },
        { "typo", 65, "does not compile", true },
        { "empty", 65, "has no plugin in it", true },
        { "thrower", 70, "its service maker Maker cannot be created. InvalidOperationException: not today", false },
        { "choosy", 70, "its options cannot be created. InvalidOperationException: no options", false },
        { "odd", 70, "Options.Odd is a Object, which no option can be", false },
        { "stuck", 75, "making its service maker and its options did not end within 1 s (--start-timeout)", false },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Plugin_BrokenInAWay_SaysSoAndLeavesTheRest(string name, int exitCode, string said, bool isListed)
    {
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("plugins"));
        Break(sandbox, name);
        PluginAssembly.Compile(sandbox.PathOf("plugins/Good.dll"), PluginAssembly.Source("good"), Contract);

        if (name != "completion")
        {
            var run = await sandbox.TachostAsync("--start-timeout", "1", name);
            Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
            Assert.Contains(said, run.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
            Assert.Empty(sandbox.Processes());
            Assert.False(File.Exists(sandbox.PidFile));
        }

        var list = await sandbox.TachostAsync("plugins");
        Assert.Equal((0, ""), (list.ExitCode, list.Error));
        Assert.Matches("(?m)^good +3.2.1 +./plugins +ok ", list.Output);
        Assert.Matches($"(?m)^{name} .* {(isListed ? "broken" : "ok")}", list.Output);
        Assert.Equal(isListed, list.Output.Contains(said, StringComparison.Ordinal));
        Assert.Equal(list, await sandbox.TachostAsync("plugins"));

        var why = await sandbox.TachostAsync("--start-timeout", "1", "plugins", "--why", name);
        Assert.Equal(exitCode, why.ExitCode);
        Assert.Contains(said, why.Output, StringComparison.Ordinal);
        if (exitCode == 70)
            Assert.Contains("   at ", why.Output, StringComparison.Ordinal);

        Assert.Equal(0, (await sandbox.TachostAsync("good", "--help")).ExitCode);
        Assert.Equal(0, (await sandbox.TachostAsync("--help")).ExitCode);
    }

    [Fact]
    public async Task Plugin_WhoseLibraryComesLater_IsBrokenUntilThen()
    {
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("plugins"));
        Break(sandbox, "lonely");
        Assert.Equal(65, (await sandbox.TachostAsync("lonely", "--version")).ExitCode);

        File.Move(sandbox.PathOf("Companion.dll"), sandbox.PathOf("plugins/Companion.dll"));
        Assert.Equal(0, (await sandbox.TachostAsync("lonely", "--version")).ExitCode);
        Assert.Contains("Companion.dll: a library without a plugin", (await sandbox.TachostAsync("plugins", "--why", "lonely")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plugin_WithItsOwnVersionOfALibrary_HasThatAndNotTheHosts()
    {
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("plugins/Own"));
        PluginAssembly.Compile(sandbox.PathOf("plugins/Own/Serilog.dll"), "[assembly: System.Reflection.AssemblyVersion(\"1.2.3.4\")] public static class Mine { public static int Port => 42; }", Contract);
        PluginAssembly.Compile(sandbox.PathOf("plugins/Own/Own.dll"), PluginAssembly.Source("own", options: "[Option(\"mine\", \"a number\")] public int Number { get; set; } = Mine.Port;"), Contract, sandbox.PathOf("plugins/Own/Serilog.dll"));

        Assert.Contains("Default: 42.", (await sandbox.TachostAsync("own", "--help")).Output, StringComparison.Ordinal);
    }

    private static void Break(Sandbox sandbox, string name)
    {
        var path = sandbox.PathOf($"plugins/{name}.dll");
        switch (name)
        {
            case "garbage":
                File.WriteAllText(path, "This is no assembly.");
                break;
            case "foreign":
                PluginAssembly.Compile(path, PluginAssembly.Source(name), Contract);
                PluginAssembly.MakeForeign(path);
                break;
            case "lonely":
                PluginAssembly.Compile(sandbox.PathOf("Companion.dll"), "public static class Companion { public static int Port => 1; }", Contract);
                PluginAssembly.Compile(path, PluginAssembly.Source(name, maker: "public int Port { get; } = Companion.Port;"), Contract, sandbox.PathOf("Companion.dll"));
                break;
            case "newer":
                PluginAssembly.Compile(sandbox.PathOf("Microsoft.Extensions.Logging.Abstractions.dll"), "[assembly: System.Reflection.AssemblyVersion(\"99.0.0.0\")] public static class Newest { public static int Port => 1; }", Contract);
                PluginAssembly.Compile(path, PluginAssembly.Source(name, maker: "public int Port { get; } = Newest.Port;"), Contract, sandbox.PathOf("Microsoft.Extensions.Logging.Abstractions.dll"));
                break;
            case "twins":
                PluginAssembly.Compile(path, PluginAssembly.Source(name, options: "[Option(\"port\", \"another\")] public Port Other { get; set; } = 1;"), Contract);
                break;
            case "typo":
                File.WriteAllText(sandbox.PathOf("plugins/typo.csx"), "publik class Typo;");
                break;
            case "empty":
                File.WriteAllText(sandbox.PathOf("plugins/empty.csx"), "var application = new Application(\"tac\");");
                break;
            case "thrower":
                PluginAssembly.Compile(path, PluginAssembly.Source(name, maker: "public Maker() => throw new InvalidOperationException(\"not today\");"), Contract);
                break;
            case "choosy":
                PluginAssembly.Compile(path, PluginAssembly.Source(name, options: "public Options() => throw new InvalidOperationException(\"no options\");"), Contract);
                break;
            case "odd":
                PluginAssembly.Compile(path, PluginAssembly.Source(name, options: "[Option(\"odd\", \"anything\")] public object Odd { get; set; } = 1;"), Contract);
                break;
            case "stuck":
                PluginAssembly.Compile(path, PluginAssembly.Source(name, maker: "public Maker() { new System.Threading.ManualResetEvent(false).WaitOne(); }"), Contract);
                break;
            default:
                PluginAssembly.Compile(path, PluginAssembly.Source(name), Contract);
                break;
        }
    }
}
