using System.Diagnostics;
using System.Runtime.InteropServices;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>What a tac can refer to: all of .NET, and libraries with all their parts.</summary>
public sealed class ReferencesTests
{
    /// <summary>The rest of a tac that prints something and starts.</summary>
    private const string End = "\nvar application = new Application(\"x\");";

    [Fact]
    public async Task Framework_UsedWithoutADirectory_IsThere()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("x.csx", """
            #r "System.Net.Http"
            #r "System.Net.Http.dll"
            #r "netstandard"
            #r "Microsoft.CSharp"
            #r "System.Xml, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089"
            using Microsoft.Extensions.DependencyInjection;
            dynamic value = new System.Dynamic.ExpandoObject();
            value.Port = 1;
            Console.WriteLine($"got {value.Port + 1} {typeof(System.Net.Http.HttpClient).Name} {Microsoft.VisualBasic.Strings.StrReverse("ab")} {typeof(ServiceLifetime).Name}");
            """ + End);

        Assert.Equal("got 2 HttpClient ba ServiceLifetime", await OutputAsync(sandbox, "x.csx"));
    }

    [Fact]
    public async Task AspNetCore_NamedByOneOfItsAssemblies_IsThere()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("x.csx", "#r \"Microsoft.AspNetCore\"\nConsole.WriteLine($\"got {typeof(Microsoft.AspNetCore.Builder.WebApplication).Name}\");" + End);

        Assert.Equal("got WebApplication", await OutputAsync(sandbox, "x.csx"));
    }

    [Fact]
    public async Task Library_OfNetStandard_CompilesAndRuns()
    {
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("lib"));
        PluginAssembly.CompilePortable(sandbox.PathOf("lib/nsl.dll"), "namespace Nsl { public class Greeter { public string Greet(System.Collections.Generic.List<string> names) => string.Join(\",\", names); } }");
        sandbox.Write("x.csx", "#r \"nsl.dll\"\nConsole.WriteLine(\"got \" + new Nsl.Greeter().Greet(new List<string> { \"a\", \"b\" }));" + End);

        Assert.Equal("got a,b", await OutputAsync(sandbox, "x.csx"));
    }

    [Theory]
    [InlineData("lib/libtacnative.so")]
    [InlineData("lib/tacnative.so")]
    [InlineData("lib/runtimes/linux-{0}/native/libtacnative.so")]
    [InlineData("lib/runtimes/unix/native/libtacnative.so")]
    public async Task Library_WithANativePart_FindsIt(string place)
    {
        await using var sandbox = new Sandbox();
        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        var native = sandbox.PathOf(string.Format(System.Globalization.CultureInfo.InvariantCulture, place, architecture));
        Directory.CreateDirectory(Path.GetDirectoryName(native)!);
        File.Copy(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "libSystem.Native.so"), native);
        PluginAssembly.Compile(sandbox.PathOf("lib/caller.dll"), NativeCaller, Program.HostDirectory);
        sandbox.Write("x.csx", "#r \"caller.dll\"\nConsole.WriteLine($\"got {Caller.Id() == Environment.ProcessId}\");" + End);

        Assert.Equal("got True", await OutputAsync(sandbox, "x.csx"));
    }

    [Fact]
    public async Task Plugin_WithANativePart_FindsIt()
    {
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("plugins"));
        File.Copy(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "libSystem.Native.so"), sandbox.PathOf("plugins/libtacnative.so"));
        PluginAssembly.Compile(sandbox.PathOf("plugins/native.dll"), PluginAssembly.Source("native", "public Maker() => System.Console.WriteLine($\"got {Caller.Id() == System.Environment.ProcessId}\");", rest: NativeCaller), Program.HostDirectory);
        using var process = sandbox.Start("-n", "--pidfile=", "--plugins", "plugins", "native");

        Assert.Equal("got True", await GotAsync(process));
    }

    [Fact]
    public async Task Library_WithoutItsNativePart_IsToldByItsName()
    {
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("lib"));
        PluginAssembly.Compile(sandbox.PathOf("lib/caller.dll"), NativeCaller, Program.HostDirectory);
        sandbox.Write("x.csx", "#r \"caller.dll\"\nclass C { public static readonly int Id = Caller.Id(); }\nConsole.WriteLine(C.Id);" + End);
        var outcome = await sandbox.TachostAsync("x.csx");

        Assert.Equal(70, outcome.ExitCode);
        Assert.StartsWith("tachost: 'x.csx' threw DllNotFoundException at x.csx:line 2: Unable to load shared library 'tacnative'", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Library_ForThisRuntime_ComesBeforeTheOneForAll()
    {
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("lib/runtimes/unix/lib/net8.0"));
        Directory.CreateDirectory(sandbox.PathOf("lib/runtimes/unix/lib/net99.0"));
        Directory.CreateDirectory(sandbox.PathOf("lib/runtimes/win/lib/net8.0"));
        foreach (var (path, where) in new[] { ("lib", "all"), ("lib/runtimes/unix/lib/net8.0", "unix"), ("lib/runtimes/unix/lib/net99.0", "later"), ("lib/runtimes/win/lib/net8.0", "win") })
            PluginAssembly.Compile(sandbox.PathOf($"{path}/where.dll"), $"public static class Where {{ public static string Is() => \"{where}\"; }}", Program.HostDirectory);
        sandbox.Write("x.csx", "#r \"where.dll\"\nConsole.WriteLine($\"got {Where.Is()}\");" + End);

        Assert.Equal("got unix", await OutputAsync(sandbox, "x.csx"));
    }

    [Fact]
    public async Task Library_WithSatellites_SpeaksTheLanguageThatIsAskedFor()
    {
        await using var sandbox = new Sandbox();
        await Assembly.BuildAsync(sandbox, "words", """
            public static class Words { public static string Hello(string culture) => new System.Resources.ResourceManager("words.Texts", typeof(Words).Assembly).GetString("hello", new System.Globalization.CultureInfo(culture))!; }
            """, resources: [("Texts.resx", "hello"), ("Texts.de.resx", "hallo")]);
        Assert.True(File.Exists(sandbox.PathOf("lib/de/words.resources.dll")));
        sandbox.Write("x.csx", "#r \"words.dll\"\nConsole.WriteLine($\"got {Words.Hello(\"fr\")} {Words.Hello(\"de\")} {Words.Hello(\"de-AT\")}\");" + End);

        Assert.Equal("got hello hallo hallo", await OutputAsync(sandbox, "x.csx"));
    }

    /// <summary>What the contract refers to only by way of others is shared too: a type of it is the same on both sides.</summary>
    [Fact]
    public async Task Library_BesideWhichACopyOfASharedOneLies_UsesThatOfTheHost()
    {
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("lib"));
        var own = Program.HostDirectory;
        foreach (var name in (string[])["Microsoft.Extensions.DependencyInjection.Abstractions.dll", "Microsoft.Extensions.Configuration.Abstractions.dll"])
            File.Copy(Path.Combine(own, name), sandbox.PathOf($"lib/{name}"));
        PluginAssembly.Compile(sandbox.PathOf("lib/shared.dll"), """
            using Microsoft.Extensions.DependencyInjection;
            using Microsoft.Extensions.Hosting;
            public static class Shared { public static bool IsSame() => typeof(IHostBuilder).GetMethod("ConfigureServices").GetParameters()[0].ParameterType.GenericTypeArguments[1] == typeof(IServiceCollection); }
            """, own);
        sandbox.Write("x.csx", "#r \"shared.dll\"\nConsole.WriteLine($\"got {Shared.IsSame()}\");" + End);

        Assert.Equal("got True", await OutputAsync(sandbox, "x.csx"));
    }

    [Fact]
    public async Task Tac_CalledByASymbolicLink_FindsWhatLiesBesideIt()
    {
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("rel/1/sub"));
        Directory.CreateDirectory(sandbox.PathOf("rel/1/lib"));
        Directory.CreateDirectory(sandbox.PathOf("bin"));
        sandbox.Write("rel/1/sub/common.csx", "var two = 2;");
        PluginAssembly.Compile(sandbox.PathOf("rel/1/lib/where.dll"), "public static class Where { public static string Is() => \"here\"; }", Program.HostDirectory);
        sandbox.Write("rel/1/app.csx", "#load \"sub/common.csx\"\n#r \"where.dll\"\nConsole.WriteLine($\"got {two} {Where.Is()}\");" + End);
        File.CreateSymbolicLink(sandbox.PathOf("bin/app"), "../rel/1/app.csx");

        Assert.Equal("got 2 here", await OutputAsync(sandbox, "bin/app"));
    }

    [Fact]
    public async Task Load_WithBackslashes_FindsTheFile()
    {
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("sub"));
        sandbox.Write("sub/c.csx", "var two = 2;");
        sandbox.Write("x.csx", "#load \"sub\\c.csx\"\nConsole.WriteLine($\"got {two}\");" + End);

        Assert.Equal("got 2", await OutputAsync(sandbox, "x.csx"));
    }

    [Theory]
    [InlineData("--log-level=info", "got True")]
    [InlineData("--debug", "got False")]
    [InlineData("--watch", "got False")]
    public async Task DebugOrWatch_Asked_CompilesForADebugger(string option, string said)
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("x.csx", $"class C;\nConsole.WriteLine(\"got \" + ({IsOptimized}));" + End);
        using var process = sandbox.Start("-n", "--pidfile=", option, "x.csx");

        Assert.Equal(said, await GotAsync(process));
    }

    [Fact]
    public async Task Debug_OfAPluginScript_CompilesForADebugger()
    {
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("plugins"));
        sandbox.Write("plugins/mine.csx", $$"""
            using TacHost.Services.Plugins;
            public class C;
            public class Options;
            [Plugin("mine", "Mine.")]
            public sealed class Maker : ServiceMaker<Options> { protected override IService MakeService(Options options) { Console.WriteLine("got " + ({{IsOptimized}})); return new MultiService(); } }
            """);
        using var process = sandbox.Start("-n", "--pidfile=", "--plugins", "plugins", "--debug", "mine");

        Assert.Equal("got False", await GotAsync(process));
    }

    private const string IsOptimized = "!typeof(C).Assembly.GetCustomAttributes(false).OfType<System.Diagnostics.DebuggableAttribute>().Any(each => each.IsJITOptimizerDisabled)";

    private const string NativeCaller = "public static class Caller { [System.Runtime.InteropServices.DllImport(\"tacnative\", EntryPoint = \"SystemNative_GetPid\")] public static extern int Id(); }";

    private static async Task<string> OutputAsync(Sandbox sandbox, string file)
    {
        using var process = sandbox.Start("-n", "--pidfile=", file);
        return await GotAsync(process);
    }

    private static Task<string> GotAsync(Process process) => Sandbox.PrintedAsync(process, "got ");
}
