using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace TacHost.EndToEnd.Tests.Running;

/// <summary>Small assemblies for plugin directories, compiled here.</summary>
internal static class PluginAssembly
{
    /// <summary>A plugin that makes an empty service, with a place for what is to be wrong with it.</summary>
    public static string Source(string name, string maker = "", string options = "", string rest = "") => $$"""
        using System;
        using TacHost.Services;
        using TacHost.Services.Plugins;
        [assembly: System.Reflection.AssemblyInformationalVersion("3.2.1")]
        [Plugin("{{name}}", "The plugin {{name}}.")]
        public sealed class Maker : ServiceMaker<Options>
        {
            {{maker}}
            protected override IService MakeService(Options options) => new MultiService();
        }
        public class Options
        {
            [Option("port", 'p', "a port")] public Port Port { get; set; } = 1;
            {{options}}
        }
        {{rest}}
        """;

    /// <summary>Compiles a source into an assembly.</summary>
    /// <param name="path">Where it goes.</param>
    /// <param name="source">C#.</param>
    /// <param name="contract">The directory with <c>TacHost.Services.dll</c>.</param>
    /// <param name="references">Paths of other assemblies; one that is named as one of the host's takes its place.</param>
    public static void Compile(string path, string source, string contract, params IReadOnlyList<string> references)
    {
        var names = references.Select(Path.GetFileName).ToHashSet();
        var framework = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':').Where(file => Path.GetFileName(file).StartsWith("System.", StringComparison.Ordinal));
        var all = framework.Concat(Directory.EnumerateFiles(contract, "Microsoft.Extensions.*.dll")).Append(Path.Combine(contract, "TacHost.Services.dll"))
            .Where(file => !names.Contains(Path.GetFileName(file))).DistinctBy(Path.GetFileName).Concat(references);
        var compilation = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(path),
            [CSharpSyntaxTree.ParseText(source)],
            all.Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var result = compilation.Emit(path);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
    }

    /// <summary>Compiles a source as a library for .NET Standard 2.0 is: against a 'netstandard' that holds the types itself, as only the SDK has it.</summary>
    public static void CompilePortable(string path, string source)
    {
        const string types = """
            namespace System
            {
                public class Object { }
                public class Attribute { }
                public abstract class ValueType { }
                public abstract class Enum : ValueType { }
                public struct Void { }
                public struct Int32 { }
                public struct Boolean { }
                public sealed class String { public static string Join(string separator, Collections.Generic.IEnumerable<string> values) => null; }
                public sealed class AttributeUsageAttribute : Attribute { public AttributeUsageAttribute(AttributeTargets on) { } public bool AllowMultiple { get; set; } public bool Inherited { get; set; } }
                public enum AttributeTargets { }
            }
            namespace System.Collections.Generic
            {
                public interface IEnumerable<out T> { }
                public class List<T> : IEnumerable<T> { }
            }
            """;
        var name = AssemblyName.GetAssemblyName(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "netstandard.dll"));
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary);
        using MemoryStream standard = new();
        Emit(CSharpCompilation.Create("netstandard", [CSharpSyntaxTree.ParseText($"[assembly: System.Reflection.AssemblyVersion(\"2.0.0.0\")]\nnamespace System.Reflection {{ public class AssemblyVersionAttribute : Attribute {{ public AssemblyVersionAttribute(string version) {{ }} }} }}\n{types}")], [], options.WithPublicSign(true).WithCryptoPublicKey([.. name.GetPublicKey()!])), standard);
        using var library = File.Create(path);
        Emit(CSharpCompilation.Create(Path.GetFileNameWithoutExtension(path), [CSharpSyntaxTree.ParseText(source)], [MetadataReference.CreateFromImage(standard.ToArray())], options), library);

        static void Emit(CSharpCompilation compilation, Stream to)
        {
            var result = compilation.Emit(to, options: new EmitOptions(runtimeMetadataVersion: "v4.0.30319"));
            Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        }
    }

    /// <summary>Changes a text in a file to another of the same length.</summary>
    public static void Patch(string from, string to, string text, string other)
    {
        Assert.Equal(text.Length, other.Length);
        File.WriteAllBytes(to, System.Text.Encoding.Latin1.GetBytes(System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(from)).Replace(text, other, StringComparison.Ordinal)));
    }

    /// <summary>Makes an assembly one for a machine that this is not.</summary>
    public static void MakeForeign(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var header = BitConverter.ToInt32(bytes, 0x3C);
        ushort machine = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? (ushort)0x8664 : (ushort)0xAA64;
        BitConverter.TryWriteBytes(bytes.AsSpan(header + 4), machine);
        File.WriteAllBytes(path, bytes);
    }
}
