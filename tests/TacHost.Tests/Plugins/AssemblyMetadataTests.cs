using CsCheck;
using TacHost.EndToEnd.Tests.Running;
using TacHost.Plugins;

namespace TacHost.Tests.Plugins;

public sealed class AssemblyMetadataTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("tachost-metadata-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Read_OptionsOfEachKind_AreThoseThatReflectionSees()
    {
        var options = Assert.Single(Read("""
            [Plugin("many", "Has many options.", Version = "9.9")]
            public sealed class Maker : Between;
            public abstract class Between : ServiceMaker<Many> { protected override IService MakeService(Many options) => new MultiService(); }
            public class Basic { [Option("base", "of the base class")] public string Base { get; set; } = ""; }
            public enum Colour { Red, DarkBlue }
            public sealed class Many : Basic
            {
                [Option("flag", 'f', "a flag")] public bool Flag { get; set; }
                [Option("maybe", "a flag that may be missing")] public bool? Maybe { get; set; }
                [Option("port", "a port that may be missing")] public Port? Port { get; set; }
                [Option("colour", "a colour")] public Colour Colour { get; set; }
                [Option("word", "a word", Choices = new[] { "one", "two" })] public string Word { get; set; } = "one";
                [Option("files", "files")] public System.Collections.Generic.List<ExistingFile> Files { get; set; } = new();
                [Option("serve", "pairs")] public System.Collections.Generic.IReadOnlyList<System.Collections.Generic.KeyValuePair<Port, ExistingFile>> Serve { get; set; }
                [Option("names", "names")] public string[] Names { get; set; } = new string[0];
                [SubCommand("add", "Adds.")] public Basic Add { get; set; }
                public int NoOption { get; set; }
            }
            """)).Options;

        Assert.Equal(
            [
                "base - String of the base class", "flag f flag a flag", "maybe - flag a flag that may be missing", "port - Port a port that may be missing", "colour - Colour a colour", "word - String a word",
                "files - ExistingFile files", "serve - KeyValuePair`2 pairs", "names - String names", "add - command Adds.",
            ],
            options.Select(option => $"{option.Name} {(option.Letter == '\0' ? '-' : option.Letter)} {option.Kind} {option.Description}"));
        Assert.Equal(["red", "dark-blue"], options[4].Choices);
        Assert.Equal(["one", "two"], options[5].Choices);
    }

    [Fact]
    public void Read_SeveralPluginsInOneAssembly_FindsNestedOnesToo()
    {
        var plugins = Read("""
            namespace Some.Place;
            public sealed class Nothing;
            public static class Holder
            {
                [Plugin("inner", "Nested.")] public sealed class Inner : ServiceMaker<Nothing> { protected override IService MakeService(Nothing options) => new MultiService(); }
            }
            [Plugin("abstract", "Cannot be made.")] public abstract class Abstract : ServiceMaker<Nothing>;
            """);

        Assert.Equal(["abstract Some.Place.Abstract Abstract is abstract, and cannot be created", "inner Some.Place.Holder+Inner "], plugins.Select(plugin => $"{plugin.Name} {plugin.TypeName} {plugin.Error}"));
    }

    [Fact]
    public void Read_DamagedAssemblies_EitherReadsOrSaysWhy()
    {
        PluginAssembly.Compile(Path.Combine(_root, "whole.dll"), PluginAssembly.Source("whole"), AppContext.BaseDirectory);
        var whole = File.ReadAllBytes(Path.Combine(_root, "whole.dll"));
        var directory = Directory.CreateDirectory(Path.Combine(_root, "plugins")).FullName;
        Gen.Select(Gen.Int[0, whole.Length - 1].Array[1, 8], Gen.Byte, Gen.Int[1, whole.Length]).Sample(
            (places, value, length) =>
            {
                var damaged = whole.ToArray();
                foreach (var place in places)
                    damaged[place] = value;
                File.WriteAllBytes(Path.Combine(directory, "whole.dll"), value % 2 == 0 ? damaged : damaged[..length]);
                Assert.Single(new PluginScan(CacheDirectory.None(""), [], _ => throw new NotSupportedException()).Look(directory));
            },
            iter: 500,
            threads: 1);
    }

    private IReadOnlyList<DeclaredPlugin> Read(string source)
    {
        var path = Path.Combine(_root, "many.dll");
        PluginAssembly.Compile(path, "using TacHost.Services; using TacHost.Services.Plugins;\n" + source, AppContext.BaseDirectory);
        return AssemblyMetadata.Read([.. File.ReadAllBytes(path)]);
    }
}
