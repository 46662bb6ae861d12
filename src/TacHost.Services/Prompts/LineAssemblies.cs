using System.Reflection;
using System.Reflection.Metadata;
using System.Runtime.Loader;

namespace TacHost.Services.Prompts;

/// <summary>The load context for the lines of one session, and the assemblies that lines can refer to.</summary>
internal sealed class LineAssemblies : AssemblyLoadContext
{
    private static readonly Assembly _own = typeof(PromptGlobals).Assembly;
    private readonly AssemblyLoadContext[] _libraries;

    /// <param name="application">The application, in whose services' load contexts lines find libraries.</param>
    /// <param name="library">A further assembly in whose load context lines find libraries, or null.</param>
    public LineAssemblies(Application? application, Assembly? library)
        : base("prompt lines", isCollectible: true) =>
        _libraries = [.. (application is null ? [] : Tree(application).Select(service => service.GetType().Assembly)).Prepend(library ?? _own).Select(GetLoadContext).OfType<AssemblyLoadContext>().Where(each => each != Default).Distinct()];

    public static string Framework => Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    /// <summary>Returns the assemblies in this process that do not belong to the framework's <c>System.*</c>, which the compiler reads from their files.</summary>
    public List<Assembly> References()
    {
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        return [.. _libraries.SelectMany(each => each.Assemblies).Append(_own).Concat(Default.Assemblies).Where(each => !each.IsDynamic && each.GetName().Name is { } name && !IsOfTheFramework(name) && !name.Contains('*') && names.Add(name))];
    }

    /// <summary>Returns the metadata of an assembly from memory, because libraries are loaded from bytes and their files may have changed.</summary>
    public static unsafe ReadOnlySpan<byte> MetadataOf(Assembly assembly) =>
        assembly.TryGetRawMetadata(out var start, out var length) ? new ReadOnlySpan<byte>(start, length) : [];

    protected override Assembly? Load(AssemblyName assemblyName) =>
        assemblyName.Name == _own.GetName().Name ? _own : _libraries.SelectMany(each => each.Assemblies).Concat(Assemblies).FirstOrDefault(assembly => assembly.GetName().Name == assemblyName.Name);

    private static bool IsOfTheFramework(string name) => name.StartsWith("System.", StringComparison.Ordinal) && File.Exists(Path.Combine(Framework, name + ".dll"));

    private static IEnumerable<IService> Tree(IService service) =>
        service is IServiceCollection children ? children.SelectMany(Tree).Prepend(service) : [service];
}
