using System.Reflection;
using System.Reflection.Metadata;
using System.Runtime.Loader;
using TacHost.Services;

namespace TacHost.Telnet.Compiler;

/// <summary>The load context for the lines of one session, and the assemblies that lines can refer to.</summary>
internal sealed class LineAssemblies : AssemblyLoadContext
{
    private static readonly Assembly _own = typeof(PromptGlobals).Assembly;
    private readonly AssemblyLoadContext _libraries;

    /// <param name="application">The application, in whose load context lines find libraries.</param>
    public LineAssemblies(Application? application)
        : base("telnet lines", isCollectible: true) =>
        _libraries = GetLoadContext((application?.GetType() ?? typeof(LineAssemblies)).Assembly) is { IsCollectible: true } isolated ? isolated : GetLoadContext(_own)!;

    /// <summary>Gets the directory of the framework's assemblies.</summary>
    public static string Framework => Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    /// <summary>Returns the assemblies in this process that do not belong to the framework's <c>System.*</c>, which the compiler reads from their files.</summary>
    public List<Assembly> References()
    {
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        return [.. _libraries.Assemblies.Append(_own).Concat(Default.Assemblies).Where(each => !each.IsDynamic && each.GetName().Name is { } name && !IsOfTheFramework(name) && !name.Contains('*') && names.Add(name))];
    }

    /// <summary>Returns the metadata of an assembly from memory, because libraries are loaded from bytes and their files may have changed.</summary>
    public static unsafe ReadOnlySpan<byte> MetadataOf(Assembly assembly) =>
        assembly.TryGetRawMetadata(out var start, out var length) ? new ReadOnlySpan<byte>(start, length) : [];

    protected override Assembly? Load(AssemblyName assemblyName) =>
        assemblyName.Name == _own.GetName().Name ? _own : _libraries.Assemblies.Concat(Assemblies).FirstOrDefault(assembly => assembly.GetName().Name == assemblyName.Name);

    private static bool IsOfTheFramework(string name) => name.StartsWith("System.", StringComparison.Ordinal) && File.Exists(Path.Combine(Framework, name + ".dll"));
}
