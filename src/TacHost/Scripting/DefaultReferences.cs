using Microsoft.CodeAnalysis;
using TacHost.Services;

namespace TacHost.Scripting;

/// <summary>What a tac file can use without an <c>#r</c>: .NET itself, the service tree, and what that is made of.</summary>
internal static class DefaultReferences
{
    public static IEnumerable<MetadataReference> All
    {
        get
        {
            var contract = typeof(IService).Assembly;
            var ownNames = contract.GetReferencedAssemblies().Select(name => name.Name + ".dll").ToHashSet(StringComparer.OrdinalIgnoreCase);
            return ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
                .Split(Path.PathSeparator)
                .Where(path => IsOfTheFramework(path) || ownNames.Contains(Path.GetFileName(path)))
                .Append(Path.Combine(AppContext.BaseDirectory, contract.GetName().Name + ".dll"))
                .Select(path => MetadataReference.CreateFromFile(path));
        }
    }

    private static bool IsOfTheFramework(string path) =>
        Path.GetDirectoryName(path) != Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)
        && Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal);
}
