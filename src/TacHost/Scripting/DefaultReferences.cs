using System.Collections.Concurrent;
using System.IO.MemoryMappedFiles;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;
using TacHost.Loading;

namespace TacHost.Scripting;

/// <summary>What a tac file can use without an <c>#r</c>: .NET itself, the service tree, and what that is made of.</summary>
internal static class DefaultReferences
{
    /// <summary>Kept for the next compilation, as long as the process lasts: the compiler may look at a mapped file at any time.</summary>
    private static readonly ConcurrentDictionary<string, PortableExecutableReference> _mapped = new(StringComparer.Ordinal);

    public static IEnumerable<MetadataReference> All => Framework.Assemblies.Concat(OfTheHost).Distinct().Select(Of);

    private static IEnumerable<string> OfTheHost => new HostAssemblies().OfTheHost;

    /// <summary>A reference to an assembly that nobody rebuilds in place. The file is mapped: the compiler would read it whole, and all of .NET is 60 MB, 75 ms.</summary>
    public static PortableExecutableReference Of(string path) => _mapped.GetOrAdd(path, Map);

    private static unsafe PortableExecutableReference Map(string path)
    {
        using var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        var view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* image = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref image);
        return AssemblyMetadata.Create(ModuleMetadata.CreateFromImage((nint)image, (int)view.Capacity)).GetReference(filePath: path);
    }

    /// <summary>Returns the assemblies of ASP.NET Core, if one of the libraries that a tac file names is built on it or belongs to it.</summary>
    /// <param name="libraries">Their paths.</param>
    /// <exception cref="TacHostException">It is not installed.</exception>
    public static IEnumerable<MetadataReference> OfAspNetCoreFor(IEnumerable<string> libraries)
    {
        if (libraries.FirstOrDefault(IsBuiltOnAspNetCore) is not { } library)
            return [];
        if (AspNetCore.Directory is not { } directory)
            throw new TacHostException(ExitCode.Unavailable, $"'{library}' is built on ASP.NET Core, and {AspNetCore.WhyMissing}");
        var known = Framework.Assemblies.Concat(OfTheHost).Select(Path.GetFileName).ToHashSet();
        return Directory.EnumerateFiles(directory, "*.dll").Where(path => !known.Contains(Path.GetFileName(path)) && IsManaged(path)).Select(Of);
    }

    private static bool IsBuiltOnAspNetCore(string path) =>
        Path.GetDirectoryName(path) == AspNetCore.Directory || Read(path, metadata => metadata.AssemblyReferences.Any(each => metadata.GetString(metadata.GetAssemblyReference(each).Name).StartsWith(AspNetCore.NamePrefix, StringComparison.Ordinal)));

    private static bool IsManaged(string path) => Read(path, metadata => metadata.IsAssembly);

    /// <summary>Looks into an assembly. What is none, the compiler will complain of.</summary>
    private static bool Read(string path, Func<MetadataReader, bool> look)
    {
        try
        {
            using PEReader reader = new(File.OpenRead(path));
            return reader.HasMetadata && look(reader.GetMetadataReader());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            return false;
        }
    }
}
