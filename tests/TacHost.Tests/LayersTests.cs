using System.Text.RegularExpressions;

namespace TacHost.Tests;

/// <summary>Which part may know which: the arrows of ARCHITECTURE.md.</summary>
public sealed partial class LayersTests
{
    private const string Contract = "TacHost.Services";

    private const string Front = "TacHost", Host = "TacHost.Runtime", Core = "TacHost.Core";

    /// <summary>The two programs, and what both are compiled against.</summary>
    private static readonly string[] _parts = [Front, Host, Core];

    /// <summary>For each namespace of these, those it may name. The root holds what names all, and what all may name.</summary>
    private static readonly Dictionary<string, string[]> _mayKnow = new()
    {
        ["TacHost.CommandLine"] = ["TacHost.Logging"],
        ["TacHost.Scripting"] = ["TacHost.Loading", "TacHost.Native", "TacHost.Packages", Contract],
        ["TacHost.Packages"] = ["TacHost.Loading", "TacHost.Native", Contract],
        ["TacHost.Dumping"] = ["TacHost.CommandLine", "TacHost.Control", "TacHost.Daemon", "TacHost.Native"],
        ["TacHost.Prompts"] = ["TacHost.CommandLine", "TacHost.Control", "TacHost.Daemon", "TacHost.Native", "TacHost.Scripting", Contract],
        ["TacHost.Templates"] = [],
        ["TacHost.Loading"] = ["TacHost.Native"],
        ["TacHost.Daemon"] = ["TacHost.Native", "TacHost.Loading", Contract],
        ["TacHost.Checking"] = ["TacHost.Control", "TacHost.Native", "TacHost.Loading", Contract],
        ["TacHost.Editors"] = ["TacHost.CommandLine", "TacHost.Loading", "TacHost.Packages", "TacHost.Scripting"],
        ["TacHost.Control"] = ["TacHost.CommandLine", "TacHost.Daemon", "TacHost.Native"],
        ["TacHost.Units"] = ["TacHost.CommandLine", "TacHost.Daemon", "TacHost.Monitoring", "TacHost.Scripting", Contract],
        ["TacHost.Monitoring"] = ["TacHost.CommandLine", "TacHost.Control", Contract],
        ["TacHost.Fleet"] = ["TacHost.CommandLine", "TacHost.Control", "TacHost.Daemon", "TacHost.Hosting", "TacHost.Native", "TacHost.Loading", "TacHost.Scripting", Contract],
        ["TacHost.Hosting"] = ["TacHost.CommandLine", "TacHost.Control", "TacHost.Daemon", "TacHost.Loading", "TacHost.Native", "TacHost.Logging", "TacHost.Monitoring", Contract],
        ["TacHost.Plugins"] = ["TacHost.CommandLine", "TacHost.Native", "TacHost.Loading", Contract],
        ["TacHost.Logging"] = ["TacHost.Native", "TacHost.Loading", Contract],
        ["TacHost.Native"] = [],
        ["TacHost.Reloading"] = ["TacHost.CommandLine", "TacHost.Hosting", "TacHost.Loading", Contract],
    };

    private static string Source { get; } = Path.Combine(Checkout.Root, "src");

    [Fact]
    public void Folders_OfTheHost_AllHaveARule() =>
        Assert.Equal(
            _parts.SelectMany(part => Directory.EnumerateDirectories(Path.Combine(Source, part))).Select(path => $"TacHost.{Path.GetFileName(path)}").Distinct().Order(),
            _mayKnow.Keys.Order());

    [Fact]
    public void Folders_OfTheHost_KnowOnlyWhatTheyMay()
    {
        var folders = _mayKnow.Keys.ToList();
        foreach (var folder in folders)
        {
            var forbidden = folders.Append(Contract).Except(_mayKnow[folder]).Where(other => other != folder).ToList();
            foreach (var file in FilesOfBoth().Where(file => file.Contains($"/{folder["TacHost.".Length..]}/", StringComparison.Ordinal)))
            {
                var text = Code(file);
                Assert.DoesNotContain(forbidden, other => Names(text, other));
            }
        }
    }

    [Theory]
    [InlineData("Server", "TacHost.Control.Client", "TacHost.CommandLine")]
    [InlineData("Client", "TacHost.Control.Server", "TacHost.Hosting")]
    [InlineData("Wire", "TacHost.Control.Server", "TacHost.Control.Client")]
    public void Control_ClientAndServer_ShareTheWireAlone(string folder, params string[] forbidden)
    {
        foreach (var file in FilesOfBoth().Where(file => file.Contains($"/Control/{folder}/", StringComparison.Ordinal)))
            Assert.DoesNotContain(forbidden, other => Names(Code(file), other));
        Assert.All(FilesOfBoth().Where(file => file.Contains("/Hosting/", StringComparison.Ordinal)), file => Assert.False(Names(Code(file), "TacHost.Control.Client")));
    }

    [Theory]
    [InlineData("Microsoft.CodeAnalysis", "Scripting")]
    [InlineData("NuGet", "Packages")]
    [InlineData("Serilog", "Logging")]
    [InlineData("AssemblyLoadContext", "Loading")]
    public void Library_OfOneFolder_IsNamedNowhereElse(string library, string folder)
    {
        foreach (var file in FilesOfBoth().Where(file => !_parts.Any(part => file.Contains($"/{part}/{folder}/", StringComparison.Ordinal))))
            Assert.False(Names(Code(file), library), $"'{file}' names {library}, which only {folder} may");
    }

    /// <summary>A longer file is split into types by responsibility. Those listed here are single state machines.</summary>
    [Fact]
    public void Files_OfTheSources_HaveAtMost250Lines()
    {
        string[] exceptions = ["Acceptor.cs", "MultiService.cs", "Service.cs", "ServiceLife.cs", "Unit.cs"];

        var tooLong = Files(Source).Where(file => File.ReadLines(file).Count() > 250).Select(Path.GetFileName).Order(StringComparer.Ordinal);

        Assert.Equal(exceptions, tooLong);
    }

    [Fact]
    public void CLibrary_IsBoundInOneFolderAlone()
    {
        var bindings = Files(Source).Where(file => Regex.IsMatch(Code(file), @"\b(LibraryImport|DllImport)(Attribute)?\(")).Select(file => Path.GetRelativePath(Source, file)).ToList();
        Assert.NotEmpty(bindings);
        Assert.All(bindings, file => Assert.StartsWith("TacHost.Native/", file, StringComparison.Ordinal));
    }

    /// <summary>Each function once; but for those with a variable number of arguments, which are bound for each form in use.</summary>
    [Fact]
    public void CLibrary_HasNoFunctionTwice()
    {
        var functions = Files(Path.Combine(Source, "TacHost.Native")).SelectMany(file => EntryPoint().Matches(File.ReadAllText(file)).Select(match => match.Groups["name"].Value)).ToList();
        Assert.NotEmpty(functions);
        Assert.Equal(["fcntl", "syscall"], functions.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key).Order());
    }

    /// <summary>The prompt of the telnet server has its lines compiled by the command, too.</summary>
    [Fact]
    public void Compiler_IsNamedByTheCommandAlone()
    {
        foreach (var file in Files(Source).Where(file => !file.Contains("/src/TacHost/", StringComparison.Ordinal)))
            Assert.False(Names(Code(file), "Microsoft.CodeAnalysis"), $"'{file}' names the compiler, which only the command may");
    }

    /// <summary>The engine of clusters is a part that the rest does without, and it knows of the host only what both programs know.</summary>
    [Fact]
    public void Akka_IsNamedByTheClusterAlone()
    {
        foreach (var file in Files(Source).Where(file => !file.Contains("/src/TacHost.Cluster/", StringComparison.Ordinal)))
            Assert.False(Names(Code(file), "Akka"), $"'{file}' names Akka.NET, which only TacHost.Cluster may");
        Assert.Equal([Core], References("TacHost.Cluster"));
        var beside = Directory.EnumerateFiles(Path.Combine(Built.Directory, "host"), "Akka*", SearchOption.AllDirectories).Select(path => Path.GetFileName(Path.GetDirectoryName(path)!)).Distinct();
        Assert.Equal(["cluster"], beside);
    }

    /// <summary>A server that comes with TacHost needs nothing that a third party cannot have (ADR 74).</summary>
    [Fact]
    public void Internals_AreSeenByTheAssembliesOfTheTableAlone() => Assert.Equal(
        [
            "TacHost.Core: TacHost.Cluster",
            "TacHost.Core: tachost",
            "TacHost.Core: tachost-host",
            "TacHost.Services: TacHost.Processes",
            "TacHost.Services: TacHost.Testing",
        ],
        Directory.EnumerateFiles(Source, "*.csproj", SearchOption.AllDirectories)
            .SelectMany(project => Friend().Matches(File.ReadAllText(project)).Select(match => $"{Path.GetFileNameWithoutExtension(project)}: {match.Groups["name"].Value}"))
            .Where(each => !each.EndsWith(".Tests", StringComparison.Ordinal) && !each.EndsWith(".TestSupport", StringComparison.Ordinal) && !each.EndsWith(".MicroBenchmarks", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal));

    [Fact]
    public void Contract_AndExample_DoNotKnowTheHost()
    {
        var host = _mayKnow.Keys.Where(folder => folder != "TacHost.Native").ToList();
        foreach (var file in Files(Path.Combine(Source, Contract)).Concat(Files(Path.Combine(Source, "FastPoetry.Services"))))
            Assert.DoesNotContain(host, other => Names(Code(file), other));
        foreach (var file in Files(Path.Combine(Source, Contract)))
            Assert.DoesNotContain("FastPoetry", Code(file), StringComparison.Ordinal);
        Assert.Empty(References(Contract));
        Assert.Equal([Contract], References("FastPoetry.Services"));
    }

    [Fact]
    public void Host_RefersToTheExampleOnlyToPlaceItBesideItself()
    {
        foreach (var file in FilesOfBoth())
            Assert.DoesNotContain("FastPoetry", Code(file), StringComparison.Ordinal);
        Assert.DoesNotContain("FastPoetry.Services", typeof(ExitCode).Assembly.GetReferencedAssemblies().Select(name => name.Name));
    }

    /// <summary>The wall between the programs: neither is compiled against the other, and the compiler stays with the command.</summary>
    [Fact]
    public void Host_AndCommand_DoNotKnowEachOther()
    {
        Assert.Empty(References(Core));
        Assert.DoesNotContain(Front, References(Host));
        Assert.DoesNotContain(typeof(TacHost.Scripting.TacFile).Assembly.GetReferencedAssemblies(), name => name.Name == "tachost-host");
        Assert.DoesNotContain(typeof(TacHost.Hosting.HostProcess).Assembly.GetReferencedAssemblies(), name => name.Name!.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) || name.Name == "tachost");
        foreach (var file in Files(Path.Combine(Source, Host)).Concat(Files(Path.Combine(Source, Core))))
            Assert.False(Names(Code(file), "Microsoft.CodeAnalysis"), $"'{file}' names the compiler, which only the command may");
    }

    [Fact]
    public void Host_Built_HasNoCompilerBesideIt()
    {
        var output = Path.Combine(Built.Directory, "host");
        Assert.Contains("tachost-host.dll", Directory.EnumerateFiles(output).Select(Path.GetFileName));
        Assert.DoesNotContain(Directory.EnumerateFiles(output, "*", SearchOption.AllDirectories), path => Path.GetFileName(path).StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal));
    }

    /// <summary>Code of a user is loaded by the host alone.</summary>
    [Fact]
    public void Command_LoadsNothing()
    {
        foreach (var file in Files(Path.Combine(Source, Front)).Concat(Files(Path.Combine(Source, Core))))
            Assert.DoesNotMatch(@"\bAssemblyLoadContext\b|\bAssembly\.Load|\bActivator\b", Code(file));
    }

    private static IEnumerable<string> FilesOfBoth() => _parts.SelectMany(part => Files(Path.Combine(Source, part)));

    private static bool Names(string text, string name) => Regex.IsMatch(text, $@"\b{Regex.Escape(name)}\b(?!\.Tests)");

    /// <summary>The file without its comments and its texts, which may speak of anything.</summary>
    private static string Code(string file) => CommentOrText().Replace(File.ReadAllText(file), "");

    private static IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories);

    private static IEnumerable<string> References(string project) =>
        ProjectReference().Matches(File.ReadAllText(Path.Combine(Source, project, $"{project}.csproj"))).Select(match => match.Groups["name"].Value);

    [GeneratedRegex(@"//.*$|""(\\.|[^""\\])*""", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex CommentOrText();

    [GeneratedRegex(@"EntryPoint = ""(?<name>\w+)""")]
    private static partial Regex EntryPoint();

    [GeneratedRegex(@"<InternalsVisibleTo Include=""(?<name>[^""]+)""")]
    private static partial Regex Friend();

    [GeneratedRegex(@"<ProjectReference Include=""[^""]*/(?<name>[^/""]+)\.csproj""")]
    private static partial Regex ProjectReference();
}
