using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>Files that a tac loads and that are ordinary C#, with what a script cannot contain.</summary>
public sealed class LoadedFilesTests
{
    private const string Main = "#load \"Model.cs\"\nusing My.Model;\nConsole.WriteLine($\"got {new Poem().Lines.Twice()} {3.Thrice}\");\nvar application = new Application(\"x\");";

    private const string Model = """
        using System.Globalization;
        namespace My.Model;
        class Poem : Service { public int Lines => int.Parse("2", CultureInfo.InvariantCulture); protected override Task OnStartAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("no line"); }
        static class Extensions
        {
            public static int Twice(this int x) => 2 * x;
            extension(int x) { public int Thrice => 3 * x; }
        }
        """;

    [Theory]
    [InlineData("Model.cs", "")]
    [InlineData("Types.csx", "#load \"Types.csx\"\n#r \"System.Xml\"\nnamespace Other { class Unused; }")]
    public async Task Load_OfNamespacesAndExtensions_Works(string file, string model)
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("Model.cs", model);
        sandbox.Write(file, Model);
        sandbox.Write("x.csx", Main);
        foreach (var _ in (string[])["compiled", "from the cache"])
        {
            using var process = sandbox.Start("-n", "--pidfile=", "x.csx");
            Assert.Equal("got 4 9", await Sandbox.PrintedAsync(process, "got "));
        }
    }

    [Fact]
    public async Task Load_OfAPluginsTypes_Works()
    {
        await using var sandbox = new Sandbox();
        Directory.CreateDirectory(sandbox.PathOf("plugins/parts"));
        sandbox.Write("plugins/parts/Model.cs", "namespace My; public class Options { [TacHost.Services.Plugins.Option(\"port\", \"a port\")] public int Port { get; set; } = 7; }");
        sandbox.Write("plugins/mine.csx", """
            #load "parts/Model.cs"
            using TacHost.Services.Plugins;
            [Plugin("mine", "Mine.")]
            public sealed class Maker : ServiceMaker<My.Options> { protected override IService MakeService(My.Options options) { Console.WriteLine($"got {options.Port}"); return new MultiService(); } }
            """);
        using var process = sandbox.Start("-n", "--pidfile=", "--plugins", "plugins", "mine", "--port", "8");

        Assert.Equal("got 8", await Sandbox.PrintedAsync(process, "got "));
    }

    [Fact]
    public async Task Error_InALoadedFile_NamesItsLine()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("Model.cs", Model.Replace("int.Parse", "int.Prase", StringComparison.Ordinal));
        sandbox.Write("x.csx", Main);
        var outcome = await sandbox.TachostAsync("x.csx");

        Assert.Equal(65, outcome.ExitCode);
        Assert.StartsWith("tachost: 'x.csx' does not compile.\nModel.cs(3,48): error CS0117: 'int' does not contain a definition for 'Prase'\n    class Poem", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_InALoadedFile_NamesItsLine()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("Model.cs", Model);
        sandbox.Write("x.csx", Main + "\nnew Poem().SetServiceParent(application);");
        var outcome = await sandbox.TachostAsync("x.csx");

        Assert.Equal(69, outcome.ExitCode);
        Assert.Contains("failed to start: InvalidOperationException at Model.cs:line 3: no line\n    class Poem", outcome.Error, StringComparison.Ordinal);
    }
}
